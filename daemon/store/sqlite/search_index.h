// The search index in a file of SQLite beside the store, "<store>-search": a table of what lists
// choose by, and a full-text index (FTS5, tokenizer unicode61) with the same row numbers, which are
// those of the journal. It says how far in the journal it has come, in the transaction that took it
// there. A file that is missing, damaged, of another format or of another store is made anew.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/store/search_index.h"

namespace hotline {

// Opens nothing yet. `reader` must outlive it.
std::unique_ptr<SearchIndex> make_search_index(StoreReader& reader, const std::string& store_path);

std::string search_index_path(const std::string& store_path);

// FTS5's expression for what was typed: every word quoted, so that nothing in it is an operator.
// Empty where no word was typed.
std::string match_expression(std::string_view typed);

}  // namespace hotline
