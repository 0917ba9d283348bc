// Questions to the search index: it follows the journal in the back, a few steps a second, and who
// asks waits until it has come to the end. For the files of requests that ask it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "daemon/api/api.h"
#include "daemon/process/system_clock.h"

namespace hotline {

inline Error still_made(const IndexProgress& progress) {
  return make_error(ErrorCode::incomplete,
                    "the search index is being made: it has come to entry " +
                        std::to_string(progress.covered) + " of " + std::to_string(progress.size),
                    "ask again in a moment; hotline list without a choice has every message");
}

// A step, and what was found where it was the last one.
template <typename Found>
struct IndexStep {
  std::optional<Error> error;
  IndexProgress progress;
  std::optional<Found> found;
};

template <typename Found>
void ClientApi::ask_index(ClientSession& session, uint32_t request,
                          std::function<Result<Found>(StoreReader&, const IndexProgress&)> find,
                          std::function<void(ClientSession&, const Found&)> then,
                          BootMs patient_until) {
  using Taken = IndexStep<Found>;
  sessions_.read_then<Taken>(
      session, request,
      // The rest of the disk is for messages, and for nothing that can be made anew.
      [find, as_it_is = core_.status().disk_low](StoreReader& reader) {
        Taken step;
        SearchIndex& index = reader.search_index();
        const auto progress = as_it_is ? index.progress() : index.catch_up();
        if (!progress) {
          step.error = progress.error();
          return step;
        }
        step.progress = *progress;
        if (!progress->is_complete() && !as_it_is) return step;
        auto found = find(reader, *progress);
        // One that was taken away meanwhile has been made anew, and is empty.
        const auto after = index.progress();
        const bool is_whole = after && after->covered >= progress->covered;
        if (!found || !is_whole) {
          step.error = !found ? found.error() : still_made(after ? *after : IndexProgress{});
        } else {
          step.found = *std::move(found);
        }
        return step;
      },
      [this, request, find, then, patient_until](ClientSession& asker, const Taken& step) {
        if (step.found) return then(asker, *step.found);
        const bool goes_on = !step.error || step.error->code == ErrorCode::incomplete;
        if (goes_on && read_clocks().boot < patient_until) {
          return ask_index<Found>(asker, request, find, then, patient_until);
        }
        sessions_.fail(asker, request, step.error ? *step.error : still_made(step.progress));
      });
}

}  // namespace hotline
