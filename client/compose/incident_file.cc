#include "client/compose/incident_file.h"

#include <filesystem>
#include <utility>

#include "client/compose/grid_position.h"
#include "client/compose/typed_text.h"
#include "client/compose/typed_volumes.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/names.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {
namespace {

Status read_set(const TomlFile& file, const TomlValue& table, std::optional<UtcMs> typed_at,
                const DrawnFor& drawn_for, MessageRequest& request) {
  if (table.kind != TomlValue::Kind::table) {
    return file.error(table, "\"set\" must be a table", "write [set] on a line of its own");
  }
  for (const auto& [key, value] : table.members) {
    if (value.kind == TomlValue::Kind::list || value.kind == TomlValue::Kind::table) {
      return file.error(value, "\"" + key + "\" must be one value", key + " = \"...\"");
    }
    request.settings[key] = value.text;
    if (key != "volume") continue;
    const std::string directory = std::filesystem::path(file.name).parent_path().string();
    const auto volumes = read_typed_volumes(value.text, directory, typed_at, drawn_for);
    if (!volumes) return file.error(value, volumes.error().reason, volumes.error().hint);
    request.settings[key] = *volumes;
    if (names_a_file(value.text)) request.told_back.add(key, *volumes);
  }
  return ok();
}

// The original first: the one in the message's language, or the only one there is.
Status read_texts_of(const TomlFile& file, const TomlValue& table, MessageRequest& request) {
  if (table.kind != TomlValue::Kind::table) {
    return file.error(table, "\"texts\" must be a table", "write [texts] on a line of its own");
  }
  const auto& members = table.members;
  if (request.language.empty() && members.size() == 1) request.language = members[0].key;
  for (const auto& [language, value] : members) {
    const auto content = file.text_of(value, language);
    if (!content) return content.error();
    TextFields one{language, without_editors_marks(*content), language == request.language, ""};
    request.texts.insert(one.original ? request.texts.begin() : request.texts.end(), one);
  }
  if (!request.texts.empty() && !request.texts.front().original) {
    return file.error(table, "which of the texts is the original?",
                      "language = \"" + request.texts.front().language + "\" at the top says so");
  }
  return ok();
}

// As it is typed for --set.
Result<std::string> read_volume(const TomlFile& file, const TomlValue& table,
                                std::optional<UtcMs> typed_at) {
  const std::vector<std::string> shapes = {"circle", "polygon", "along"};  // As in Shape.
  if (table.kind != TomlValue::Kind::table) {
    return file.error(table, "\"volume\" must be a table for each", "[[volume]]");
  }
  auto known = shapes;
  known.insert(known.end(), {"lower", "upper", "start", "end"});
  if (auto status = file.only(table, known); !status) return status.error();
  for (const auto& [key, value] : table.members) {
    const bool is_time = value.kind == TomlValue::Kind::time && (key == "start" || key == "end");
    if (value.kind != TomlValue::Kind::text && !is_time) return file.text_of(value, key).error();
    // They would begin the next piece of what is typed.
    if (value.text.find_first_of("/|") != std::string::npos) {
      return file.error(value, "\"" + key + "\" has a / or | in it");
    }
  }
  std::string typed;
  size_t drawn = 0;
  for (size_t shape = 0; shape < shapes.size(); ++shape) {
    const TomlValue* value = table.find(shapes[shape]);
    if (!value) continue;
    if (!typed.empty()) return file.error(*value, "a volume has one shape");
    typed = (shapes[shape] == "along" ? "along " : "") + value->text;
    drawn = shape;
  }
  if (typed.empty()) {
    return file.error(table, "the volume has no shape", "circle, polygon or along");
  }
  for (const auto& [key, before] : {std::pair{"lower", " / "}, std::pair{"upper", " to "},
                                    std::pair{"start", " / "}, std::pair{"end", " to "}}) {
    const TomlValue* value = table.find(key);
    if (!value) return file.error(table, std::string("the volume has no \"") + key + "\"");
    typed += before + value->text;
  }
  const auto in_degrees = grid_places_in_degrees(typed);
  const auto volumes = in_degrees ? parse_volumes(*in_degrees, typed_at) : in_degrees.error();
  if (!volumes) return file.error(table, volumes.error().reason, volumes.error().hint);
  if (volumes->front().shape.index() != drawn) {
    return file.error(*table.find(shapes[drawn]), "\"" + shapes[drawn] + "\" has another shape",
                      "a circle has a centre and a radius, a polygon its corners");
  }
  return typed;
}

Status read_volumes(const TomlFile& file, const TomlValue& tables, std::optional<UtcMs> typed_at,
                    MessageRequest& request) {
  if (tables.kind != TomlValue::Kind::list) {
    return file.error(tables, "\"volume\" must be a list of tables",
                      "write [[volume]] on a line of its own, or volume = \"...\" under [set]");
  }
  std::string typed;
  for (const TomlValue& table : tables.items) {
    const auto volume = read_volume(file, table, typed_at);
    if (!volume) return volume.error();
    typed += (typed.empty() ? "" : " | ") + *volume;
  }
  if (!request.settings.emplace("volume", typed).second) {
    return file.error(tables, "there is a volume under [set] too", "leave one of them out");
  }
  return ok();
}

Status read_member(const TomlFile& file, const std::string& key, const TomlValue& value,
                   std::optional<UtcMs> typed_at, const DrawnFor& drawn_for,
                   MessageRequest& request) {
  if (key == "set") return read_set(file, value, typed_at, drawn_for, request);
  std::string* const texts[] = {&request.template_name, &request.subject, &request.incident,
                                &request.language};
  const char* const keys[] = {"template", "subject", "incident", "language"};
  for (size_t i = 0; i < std::size(keys); ++i) {
    if (key != keys[i]) continue;
    const auto content = file.text_of(value, key);
    if (!content) return content.error();
    *texts[i] = *content;
  }
  if (key != "precedence") return ok();
  const auto content = file.text_of(value, key);
  if (!content) return content.error();
  const auto precedence = parse_precedence(*content);
  if (!precedence) return file.error(value, precedence.error().reason, precedence.error().hint);
  request.precedence = *precedence;
  return ok();
}

}  // namespace

std::vector<std::string> incident_file_keys() {
  return {"template", "precedence", "subject", "language", "incident", "set", "texts", "volume"};
}

Result<MessageRequest> read_incident_table(const TomlFile& file, const TomlValue& table,
                                           std::optional<UtcMs> typed_at,
                                           const DrawnFor& drawn_for) {
  MessageRequest request;
  for (const auto& [key, value] : table.members) {
    if (auto status = read_member(file, key, value, typed_at, drawn_for, request); !status)
      return status.error();
  }
  // Read last: when the language is known, and whether a volume was set.
  if (const TomlValue* volumes = table.find("volume")) {
    if (auto status = read_volumes(file, *volumes, typed_at, request); !status)
      return status.error();
  }
  if (const TomlValue* texts = table.find("texts")) {
    if (auto status = read_texts_of(file, *texts, request); !status) return status.error();
  }
  return request;
}

Result<MessageRequest> read_incident_file(const std::string& path, std::optional<UtcMs> typed_at,
                                          const DrawnFor& drawn_for) {
  const auto file = read_toml_file(path);
  if (!file) return file.error();
  if (auto status = file->only(file->root, incident_file_keys()); !status) return status.error();
  return read_incident_table(*file, file->root, typed_at, drawn_for);
}

}  // namespace hotline::client
