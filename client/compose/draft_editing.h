// A saved draft with some of it said otherwise.
#pragma once

#include <string>
#include <vector>

#include "client/compose/draft.h"
#include "client/compose/message_request.h"
#include "client/compose/saved_draft.h"

namespace hotline::client {

struct EditedDraft {
  DraftFields fields;
  std::vector<std::string> texts_left_out;  // Languages: they translated what is no longer said.
};

// Something was typed to be changed.
bool has_changes(const MessageRequest& changes);

// The draft with what was typed; all else stays as it was. A setting without a value empties its
// field. Subject and text that were made from the fields are made anew. Where a position changes,
// and not its accuracy, the accuracy is that of its digits again. Errors: usage for a field that
// the draft does not have or a value that is not understood; refused for a draft that is no
// template's, so that it cannot be edited field by field.
Result<EditedDraft> edit_draft(const SavedDraft& saved, const MessageRequest& changes,
                               const std::string& own_party, UtcMs now);

}  // namespace hotline::client
