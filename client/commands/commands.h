// Every command of the program, one line each: the table that the command line and the help read.
#pragma once

#include <vector>

#include "client/command_line/command_line.h"

namespace hotline::client {

// In the order of the help.
const std::vector<Command>& all_commands();

// Each in the file of client/commands/ that has its name, or says so on top.
Command ack_command();
Command agreement_accept_command();  // These are in agreement.cc.
Command agreement_diff_command();
Command agreement_history_command();
Command agreement_propose_command();
Command agreement_reject_command();
Command agreement_show_command();
Command audit_check_command();
Command audit_evidence_command();
Command audit_export_command();
Command audit_list_command();
Command audit_log_command();
Command audit_prove_command();
Command audit_reconcile_command();
Command audit_show_command();
Command audit_stats_command();
Command audit_persons_command();
Command audit_verify_command();
Command completion_command();
Command conflicts_command();
Command context_add_command();  // These are in contexts.cc.
Command context_list_command();
Command context_show_command();
Command context_use_command();
Command decline_command();
Command demo_command();
Command disseminate_command();
Command drill_check_command();  // These are in drill.cc.
Command drill_import_command();
Command drill_inject_command();  // These are in drill_control.cc.
Command drill_judge_command();
Command drill_note_command();
Command drill_skip_command();
Command drill_report_command();
Command drill_start_command();
Command drill_status_command();
Command drill_clock_command();  // These are in drill_clock.cc.
Command drill_agree_command();
Command drill_decline_command();
Command drill_jump_command();
Command drill_pause_command();
Command drill_resume_command();
Command drill_speed_command();
Command drill_begin_command();  // These are in drill_stop.cc.
Command drill_stop_command();
Command draft_discard_command();  // These are in draft.cc.
Command draft_edit_command();
Command draft_list_command();
Command draft_save_command();
Command draft_show_command();
Command draft_submit_command();  // These are in release.cc.
Command draft_withdraw_command();
Command release_command();
Command return_command();
Command escalation_list_command();  // These are in escalation.cc.
Command escalation_pause_command();
Command escalation_raise_command();
Command escalation_resume_command();
Command escalation_show_command();
Command escalation_test_command();  // In escalation_trial.cc.
Command export_geojson_command();
Command handover_accept_command();  // These are in handover.cc.
Command handover_show_command();
Command handover_start_command();
Command help_command();
Command inbox_command();
Command incident_close_command();  // These are in incident.cc.
Command incident_list_command();
Command incident_open_command();
Command incident_show_command();
Command list_command();
Command notice_check_command();
Command notices_command();
Command pki_check_command();
Command pki_csr_command();
Command pki_dev_init_command();
Command pki_exchange_export_command();  // These are in pki_exchange.cc.
Command pki_exchange_import_command();
Command pki_import_command();
Command pki_show_command();
Command reply_command();
Command recover_command();
Command report_command();
Command search_command();
Command send_command();
Command show_command();
Command status_command();
Command case_list_command();  // These are in cases.cc.
Command case_note_command();
Command case_show_command();
Command decide_command();
Command channel_reopen_command();  // These are in channel.cc.
Command channel_restrict_command();
Command channel_status_command();
Command channel_suspend_command();
Command check_command();
Command template_list_command();
Command template_show_command();
Command test_call_command();
Command thread_command();
Command version_command();
Command watch_command();
Command watch_log_command();

}  // namespace hotline::client
