// hotline-make-export DIR [--messages N] [--seed S] ...: exports to try verifiers on.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/audit/made_exports.h"

namespace {

int usage() {
  std::fputs(
      "hotline-make-export DIR [options]: makes DIR/trust, DIR/pki, DIR/north.export and\n"
      "DIR/south.export. Options, with their defaults:\n"
      "  --messages 100        of both parties together, at least\n"
      "  --seed 1\n"
      "  --batch 4             at most so many messages take their places together\n"
      "  --north 600           of 1,000 messages north sends so many\n"
      "  --entry-bytes 0       what an entry takes on average, with its part; 0: as it comes\n"
      "  --exercise            an exercise channel\n"
      "  --north-only          do not write south's export\n"
      "What makes an export odd:\n"
      "  --no-witness          no journal checkpoint is cosigned\n"
      "  --tail-minutes 1      from the last cosigned journal entry to the end\n"
      "  --unreceipted         north's last message waits for its receipt\n"
      "  --unnumbered          and one more for its place\n"
      "  --erased 0            of 1,000 bodies so many are not held any more\n"
      "  --malformed 0         of 1,000 of south's envelopes so many cannot be read\n"
      "  --lie 0               north signs for something that is not so: 1 to 19, enum Lie of\n"
      "                        tests/audit/made_exports.h\n"
      "  --cosigned-days 0     cosigners' clocks are ahead by so many days\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return usage();
  hotline::audit::ExportPlan plan;
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--exercise") {
      plan.exercise = true;
    } else if (option == "--north-only") {
      plan.with_south = false;
    } else if (option == "--no-witness") {
      plan.witnessed = false;
    } else if (option == "--unreceipted") {
      plan.unreceipted = true;
    } else if (option == "--unnumbered") {
      plan.unnumbered = true;
    } else if (i + 1 == argc) {
      return usage();
    } else {
      const uint64_t value = std::strtoull(argv[++i], nullptr, 10);
      if (option == "--messages") {
        plan.messages = value;
      } else if (option == "--seed") {
        plan.seed = value;
      } else if (option == "--batch") {
        plan.batch_max = value;
      } else if (option == "--north") {
        plan.north_per_mille = value;
      } else if (option == "--entry-bytes") {
        plan.entry_bytes = value;
      } else if (option == "--tail-minutes") {
        plan.tail_ms = static_cast<int64_t>(value) * 60'000;
      } else if (option == "--erased") {
        plan.erased_per_mille = value;
      } else if (option == "--malformed") {
        plan.malformed_per_mille = value;
      } else if (option == "--lie" && value <= static_cast<uint64_t>(hotline::audit::kLastLie)) {
        plan.lie = static_cast<hotline::audit::Lie>(value);
      } else if (option == "--cosigned-days") {
        plan.cosigned_later_ms = static_cast<int64_t>(value) * 86'400'000;
      } else {
        return usage();
      }
    }
  }
  if (plan.batch_max == 0) return usage();
  const hotline::Status made = hotline::audit::make_exports(argv[1], plan);
  if (made) return 0;
  std::fprintf(stderr, "hotline-make-export: %s\n", made.error().reason.c_str());
  return 1;
}
