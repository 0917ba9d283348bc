#include "client/commands/commands.h"

namespace hotline::client {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = {
      send_command(),
      inbox_command(),
      show_command(),
      ack_command(),
      reply_command(),
      decline_command(),
      disseminate_command(),
      list_command(),
      search_command(),
      thread_command(),
      incident_list_command(),
      incident_show_command(),
      incident_open_command(),
      incident_close_command(),
      notices_command(),
      notice_check_command(),
      conflicts_command(),
      export_geojson_command(),
      draft_save_command(),
      draft_list_command(),
      draft_show_command(),
      draft_edit_command(),
      draft_discard_command(),
      watch_command(),
      status_command(),
      test_call_command(),
      escalation_list_command(),
      escalation_show_command(),
      template_list_command(),
      template_show_command(),
      audit_log_command(),
      audit_export_command(),
      audit_verify_command(),
      audit_reconcile_command(),
      audit_prove_command(),
      audit_check_command(),
      audit_stats_command(),
      pki_dev_init_command(),
      pki_show_command(),
      pki_check_command(),
      demo_command(),
      context_list_command(),
      completion_command(),
      version_command(),
      help_command(),
  };
  return commands;
}

}  // namespace hotline::client
