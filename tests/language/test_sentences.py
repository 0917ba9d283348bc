#!/usr/bin/env python3
"""Every sentence that a watch officer meets stands in every catalogue of client/language/.

    tests/language/test_sentences.py             checks it
    tests/language/test_sentences.py --missing   prints the sentences that a catalogue lacks, folder by folder

Every .cc file, with its header, is in one of two tables here, COVERED or NOT_COVERED. Every string literal of a covered file is a sentence that the
catalogues must have, but for those of NOT_SENTENCES: so that a sentence is left in English only by a decision that stands here."""
import fnmatch
import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cpp_sentences import MORE, Reader, read, split, tokens_of  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LANGUAGES = ["ru", "uk", "id"]

COVERED = [
    "client/commands/{ack,agreement,cases,channel,check,conflicts,disseminate,draft,drill,drill_clock,drill_control,drill_start,drill_status,drill_stop,escalation,escalation_trial,export_geojson,handover,inbox,incident,list,notice_check,notices,recover,release,reply,search,send,show,status}.cc",
    "client/commands/{template,test_call,thread,watch,watch_log}.cc", "client/command_line/*.cc", "client/compose/*.cc", "client/connect/*.cc",
    "client/show/*.cc", "client/drill/*.cc", "client/director/{drill,drill_acts,drill_obey,drill_record,drill_resume,inject_rights,joint_start,order_desk,order_file,peer_ground,played_drill}.cc", "protocol/terminal/*.cc", "protocol/policy_file/*.cc", "protocol/{base,channel,geometry,message}/*.cc", "protocol/message/kinds/*.cc",
    "protocol/transport/{dial,framed_link,resolve,tls_session,tls_stream}.cc", "certs/check.cc",
    "daemon/{api,links,notify,watch}/*.cc", "daemon/{channel,daemon}.cc", "daemon/store/failure.cc",
]
NOT_COVERED = {
    "protocol/base/{bytes,ed25519_rule,frame,result,sha256,sha256_x86,signing,strict_flatbuffer}.cc": "faults of programs, not of a watch",
    "protocol/message/{describe,neutral_phrases,words}.cc": "in all languages already",
    "protocol/message/statement.cc": "what people sign, in one form",
    "protocol/transport/*.cc": "for administrators: listening and TLS",
    "protocol/channel/{policy,policy_text,recorder}.cc": "for administrators: the configuration, and stores that contradict themselves",
    "protocol/geometry/conflict.cc": "the configuration",
    "protocol/message/two_person.cc": "the configuration",
    "client/commands/{audit_*,pki,pki_exchange,pki_request,contexts}.cc": "for auditors and administrators",
    "client/commands/report.cc": "for auditors: both parties hold the same words",
    "client/report/*.cc": "likewise",
    "client/commands/drill_report.cc": "for exercise teams: both sides hold the same words",
    "client/after_action/*.cc": "likewise",
    "client/commands/{demo,help,commands,completion}.cc": "the demonstration and --help are English, and so is what a shell reads",
    "client/{audit,demo}/*.cc": "for auditors, and the demonstration",
    "client/main.cc": "says nothing",
    "client/director/{drill_ground,drill_sight,local_exports,local_ground}.cc": "the daemons' configuration",
    "{client,daemon}/precompiled.h": "likewise",
    "protocol/api/*.cc": "says nothing",
    "client/language/*.cc": "the catalogues",
    "client/show/{journal_statistics,measures,progress,antimeridian,content_values,entry_fields,geojson_picture}.cc": "for auditors and programs",
    "client/connect/{export_download,journal_source}.cc": "for auditors",
    "client/command_line/completion.cc": "what a shell reads",
    "client/connect/context_edit.cc": "for whoever sets a workstation up, as client/commands/contexts.cc",
    "client/connect/key_places.cc": "for administrators",
    "protocol/terminal/{command_spec,json_output,exit_code,last_words,standard_files}.cc": "--help, and nothing that is said",
    "protocol/log/*.cc": "for auditors: logs, notes and proofs",
    "certs/*.cc": "for administrators: certificates and keys",
    "daemon/notify/notice_body.cc": "told to programs",
    "daemon/{process,store,commands}/*.cc": "for administrators: hotlined itself, its configuration and its store",
    "daemon/store/sqlite/*.cc": "for administrators",
}

# Calls whose arguments are no sentences, and functions that make none: --help and JSON.
CALLS = ["has", "get", "all", "find", "starts_with", "ends_with", "rfind", "only", "text_of", "number_of", "text_in", "number_in", "place_named", "static_assert", "HOTLINE_CHECK",
         "environment", "substr", "compare", "contains", "command", "may_give", "snprintf", "strftime", "=="]
FUNCTIONS = r"^(static )?(Command|OptionSpec|Program|std::vector . OptionSpec .|JsonValue) |JsonValue & document|(^| )print_json|\bjson_\w+ ="

# Typed, read by programs, or part of a message; by regular expression, of the whole text.
NOT_SENTENCES = [
    (r"[^A-Za-z]*([A-Za-z][^A-Za-z]+)*[A-Za-z]?", "no word in it"),
    (r"hotline .*|hotline", "a command"),
    (r"(-p|-t|--)[a-z-]*(( |=)\{\})*", "an option"),
]
EXAMPLES = [
    "shape / heights / times", "range control, 123.450 MHz", "two frigates", "243.000 MHz", "NOTAM A1234/26", "STOP STOP STOP", "agreed by voice",
    "first-response", "consult the guarantors", "second breach in a day", "54.90N 020.10E 5km", "transport aircraft, two engines",
    "nine digits", "six hexadecimal digits", "radar track 14:02 to 14:09", "fog, visibility 400 m", "weather window moved",
    "62.93N 040.57E 5km", "57.00N 161.50E 50km", "one or more areas", "one or more texts", "one or more times", "the incident of 22 November",
    "voice line 2", "tracks, causes, measures", "Red Cross", "medicine for the hospital", "convoy leader, .*", "red cross on white",
    "4 white trucks, 1 car", "Did a weapon of yours have an accident\\?", "the text is cut off", "maintenance of both paths",
    "direction and two distances", "135deg 2km 3km", "none seen",
]
NOT_SENTENCES_OF = {
    "{protocol/base,protocol/channel,protocol/geometry,protocol/message,protocol/transport,daemon,certs}/*.cc": [
        r"[^ ]*", r"(--set [a-z{}]+=(\"[^\"]*\"|[^ ]*)|\{\})* *"],
    "daemon/{notify/command_runs,channel,daemon}.cc": ["[A-Z_]+=.*", "cannot read the store"],
    "daemon/notify/https_post.cc": [r"HTTP \{\} \{\}", r"Bearer \{\}", r"\{\}: has no CA certificate.*", "PEM: .*", r"look at \[\[notifier\]\].*"],
    # The log file.
    "daemon/channel.cc": [
        r"link to \{\} (ended|closed): \{\}", r"ALARM \{\}", "revocation lists reloaded.*", r"\{\} belongs to .*",
        r"check \[store\] path, party, peer and channel in \{\}"],
    "daemon/daemon.cc": [
        r"STORE FAILED: \{\}\. \{\}\. Nothing.*", r"\{\}'s store has failed", "(All links and|This daemon ends|the clock of this exercise is|this process may|the log of).*",
        r"\{\}: (cannot be written|store .*)", r"check \[listen\] port_file.*", "; DEVELOPMENT CERTIFICATES.*"],
    "daemon/api/sessions.cc": [
        r"a client was refused: .*", r"client (\{\}|port).*", r"check \[listen\].*", "hotlined store check", "ALARM the store.*"],
    "daemon/api/{hello,message_rows}.cc": [r"hotlined \{\}", r"\(cannot be read\)"],
    "daemon/watch/wait_for_room.cc": ["there is no room for.*"],
    "protocol/channel/outbox.cc": [r"sent entry .*", "is not the one that.*", "does not have the body.*"],
    "protocol/channel/{inbox,outbox,submissions}.cc": [r"Declined: \{\}", r"Agreement concluded: \{\}", r"own message \{\} \{\}", r"own message \{\} is missing"],
    "protocol/channel/recovery.cc": [r"leaf \{\} is missing", r"This store was recovered: epoch \{\}"],
    "protocol/channel/restored_store.cc": ["a store that is not there has no hashes"],
    "protocol/message/typed_form.cc": [".*"],
    "protocol/message/{envelope,body}.cc": ["HL.."],
    "protocol/{base,geometry}/*.cc": [r"JAN|the byte 0x%02X"],
    "protocol/transport/*.cc": [r"an error in this program: \{\}", r"at most \{\} bytes", "does not name the protocol", "offers other protocols, not"],
    # Typed: the examples of fields.
    "protocol/message/kinds/*.cc": EXAMPLES,
    "client/command_line/command_line.cc": ["LC_ALL|LC_MESSAGES|LANG"],
    "client/command_line/command_rights.cc": ["[a-z-]+( (--)?[a-z]+)?"],
    # The subject of a message is a part of it, and in the language of whoever wrote it.
    "client/c*/{ack,reply,typed_correction,conflicts,test_call,flood}.cc": [
        r"(Acknowledgement|Correction|Cancellation|Decline) of \{\}", r"\{\} accepts the conflict of \{\} with \{\}", r"Re: \{\}",
        "Test call", "en"],
    # Commands, told as they are to be typed.
    "client/c*/*.cc": [
        r"(conflicts|draft submit|escalation list|release|inbox|incident list|list|notices|search|send|thread|\{\})( --[a-z]+| \{\}|\{\}|@)*",
        r'(--[a-z-]+|-p)( (flash|routine|delivered)|[ =]([a-z-]+=|\{\}=)?"[^"]*")* ?', r'--(near|answer) .*".*', r'--text en=".*',
        r"@last(: \{\})?", r"\(hotline template list\)"],
    "client/commands/disseminate.cc": ["--to air-defence", "at", r"Dissemination of \{\}"],
    "client/commands/incident.cc": [r"incident list --all --after \{\}"],
    "client/commands/drill_start.cc": [r"drill-\{\}", "--hotlined PATH", "with-peer"],
    "client/director/*.cc": ["met|missed|to-judge|acknowledge|disseminate|reply", r"drill-\{\}", r"waits\{\}", "HOTLINE_CONFIG|HOTLINE_CONTEXT|USER|LOGNAME", r"\{\}/(scenario\.toml|drill\.jsonl|orders\.jsonl)", r"(Dissemination|Decline) of \{\}", "not for this watch"],
    "client/director/joint_start.cc": [r"drill start( \{\})?"],
    "client/drill/drill_files.cc": [r"\{\}/(scenario\.toml|drill\.jsonl|orders\.jsonl|hotline\.toml|\{\}\.export|pki/trust)"],
    "client/commands/check.cc": ["OK|UNKNOWN|HOTLINE .*|critical=.*"],
    "client/show/incident_rows.cc": ["disputed|closed_by_us|closed_by_peer"],
    "protocol/message/kinds/service.cc": ["--incident S-000087", r'--reason "\.\.\."'],
    "protocol/message/kinds/{content,volumes}.cc": ["one of", r"54\.90N .*", "(lower|upper) height", r"the \{\} \{\}"],
    "client/{compose/referred_message,connect/context}.cc": ["message", "en"],
    "certs/check.cc": ["DEV ONLY"],
    "client/commands/{reply,send}.cc": ["TEXT|volume|not-for-us", r"later \{\}", r"\{\} of \{\}"],
    # Names of members and values.
    "client/compose/{geojson,geojson_feature,incident_file,typed_fields,message_request,typed_volumes}.cc": [
        r"[A-Za-z_]+", r"along \{\}", r"\[\[volume\]\]", '"FL200", "2026-11-29T10:00:00Z"', "volume=@area.geojson"],
    "client/connect/context.cc": ["certificate|key|ca|crl", r"unix:\{\}", r"\{\}/(.config/)?hotline/config.toml"],
    "client/compose/{draft_editing,saved_draft,typed_correction,typed_message}.cc": [
        "D-3: .*",
        r"[A-Za-z_]+", "hotlined store check", r"\(hotline draft list\)", r"\{\}-p flash, immediate, priority or routine",
        r'\{\}--(set \{\}|subject)[= ]"\.\.\."'],
    "client/commands/{draft,release}.cc": [r"draft (list|show) .*", "DRAFT|open|sent|discarded|D-3: .*"],
    "client/compose/{draft_view,handing_in}.cc": ["SHA-256", "open|sent|discarded"],
    "client/show/agreement_terms.cc": [
        r"(\{\})?(next-path|undelivered-alarm|alarm-again|rung \{\}|dissemination-due|first-answer-due|full-answer-due)",
        "test-call (interval|acknowledged)|channel-check interval|separation (horizontal|vertical|time)|two-person.*",
        "case (first-response|repeated-within|joint-response|widespread|decided-by|guarantors)", "retention (reports|notices|messages|people)?"],
    "client/commands/agreement.cc": [
        r"Agreement \{\} is (proposed|signed|rejected)", r"The proposal of agreement \{\} is withdrawn", "FILE|TIME|TEXT|ID", "open|agreed|rejected|withdrawn|overtaken|expired|signed|unknown",
        r"agreement accept .*"],
    "protocol/channel/agreement.cc": ["(number|follows|from) (\\{\\})?"],
    "protocol/policy_file/policy_file.cc": [r"[a-z_ ]+ = .*", "years?|months?", r"\[.*", r"[a-z_]+", r"(d|h|min|s|ms)", r"# The numbers .*"],
    "protocol/terminal/toml_section.cc": ["ms|min", "hotlined config example"],
    # Keys and values of a scenario file.
    "client/drill/*.cc": [r"[a-z_]+(-[a-z]+)*", r'[a-z_]+ = ("[^"]*"|\[.*\]|\{.*\})', r"\[\[[a-z.]+\]\]", "docs/scenarios/example.toml", "Answer"],
    "client/drill/msel.cc": [r"\{\} to \{\}:",
        r"(no|nr)\.|(event|inject) (no|#|description)|(start|exercise) time|time \(.*\)|expected .*|(training|exercise) objective",
        r"(row-|inject-|objective-|-row-)?\{\}(-expected|-operator)?", r"\[inject\.message.*\]"],
    "client/drill/msel_time.cc": [r"MIN|MINUTES|HOURS|HOUR|STARTEX\+"],
    # The comment of a file.
    "client/commands/drill.cc": ["(--sides )?north,south", "# .*"],
    "client/show/draft_rows.cc": ["draft|submitted|saved|returned"],
    "protocol/message/envelope_rules.cc": ["-p flash"],
    "protocol/channel/handover.cc": [r'--note "\.\.\.", \{\} bytes at most'],
    "client/commands/handover.cc": ["ITEM|TEXT|HASH", r"--tick .*", r"handover (accept .*|start)"],
    "client/commands/cases.cc": ["NAME|decision|routine|incident|rung|reason|decided-by", r"case list( --all| --after \{\})*.*", r"decide .*"],
    "client/show/case_rows.cc": ["not_asked_for|to_come|due|unknown"],
    "client/commands/channel.cc": ["TEXT|TIME", r'channel reopen --reason "\.\.\."', "reopening|unknown|state|reason|from|status"],
    "protocol/channel/{agreements,channel_state}.cc": ["-p priority"],
    "protocol/channel/{drafts,pauses,cases,ladder_by_hand}.cc": [r'--reason "\.\.\."(, \{\} bytes at most)?', r"--until \+(12h|30m)"],
    "client/commands/escalation.cc": [r"--until \+30m"],
    "client/show/journal_line.cc": ["HLJE", ": hotline ?", r"of \{\}", r"hotlined \{\}"],
    "protocol/terminal/{command_line,toml_file,output}.cc": [
        "auto|version|true|false|print the version", r"hotline\{\} \{\}", r"after \{\}", r"\{\} wants a command"],
}

# Put together from parts that are no literals, and what the operating system says.
MADE_OTHERWISE = {
    "protocol/terminal/toml_file.cc": [
        "No such file or directory", "Permission denied", "Is a directory", "Not a directory", "No space left on device",
        "Input/output error", "Read-only file system", "Broken pipe"],
    "protocol/terminal/command_spec.cc": ["{} {} is not a whole number from {} on"],
    "certs/certificate_fields.cc": ["certificate (serial {})", "certificate {} (serial {})"],
    "protocol/message/kinds/volumes.cc": [
        f"the {part} {{}}"
        for part in ("end", "start", "lower height", "upper height", "radius", "half-width", "centre", "border", "route")],
    "protocol/terminal/output.cc": ["{} ms", "{} s", "{} min {} s", "{} h {} min"],
    "client/commands/send.cc": ["correction of {}", "cancellation of {}"],
    "protocol/message/words.cc": [
        "precedence", "mode", "role", "altitude datum", "side", "certainty", "intent", "kind of incident", "observation", "action",
        "means of observation", "exactness", "event", "yes, no or unknown", "verification", "outcome", "decline code"],
    "protocol/geometry/position_text.cc": ["degrees", "minutes", "seconds", "latitude", "longitude"],
    "protocol/message/quantity.cc": ["area", "corners", "points"],
    "protocol/channel/policy.cc": ["voice", "duty-director"],
    # Single words among the keys of a file.
    "client/drill/scenario_words.cc": [
        "message", "acknowledged", "disseminated", "answered", "escalated", "inject", "expectation", "player", "objective"],
    "client/drill/play_lines.cc": ["declined", "replied", "skipped", "order"],
    "client/drill/standing_lines.cc": ["happened", "disabled"],
}


def braces(pattern):
    match = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    return [one for part in match[1].split(",") for one in braces(pattern[:match.start()] + part + pattern[match.end():])]


def files(patterns):
    """Those that a pattern of .cc files names, and the headers beside them."""
    named = {one for pattern in patterns for one in braces(pattern)}
    return sorted({path for one in named for path in glob.glob(one) + glob.glob(one.removesuffix("cc") + "h")})


def lines_of(pattern):
    """As they are looked for: line by line, without the spaces around, and of `COMMAND    what it does` what it does."""
    for line in pattern.split("\n"):
        line = line.strip()
        yield line.split("    ", 1)[1].strip() if "    " in line else line


def is_sentence(path, line):
    if any(re.fullmatch(expression, line.replace("{}", " ") if reason == "no word in it" else line, re.S)
           for expression, reason in NOT_SENTENCES):
        return False
    return not any(fnmatch.fnmatch(re.sub(r"\.h$", ".cc", path), one) and re.fullmatch(expression, line)
                   for pattern, expressions in NOT_SENTENCES_OF.items() for one in braces(pattern) for expression in expressions)


def covered():
    """A file that is named in full in COVERED is covered, whatever NOT_COVERED says of its folder."""
    by_name = files(pattern for pattern in COVERED if "*" not in pattern)
    return [path for path in files(COVERED) if path in by_name or path not in files(NOT_COVERED)]


def demanded():
    """Every sentence of the covered files, with the place where it stands first."""
    found = {}
    for path in covered():
        for pattern, number in read(path, skipped_calls=CALLS, skipped_functions=FUNCTIONS).found:
            for line in lines_of(pattern):
                if is_sentence(path, line.rstrip(MORE)):
                    found.setdefault(line, f"{path}:{number}")
    for path, sentences in MADE_OTHERWISE.items():
        found.update({sentence: path for sentence in sentences})
    return found


def forms_of(sentence):
    """As it may stand in a catalogue: where something may be appended, with a hole for it or without."""
    return {sentence} if not sentence.endswith(MORE) else {sentence[:-1], sentence[:-1] + "{}"}


def alternatives(english):
    match = re.search(r"\[([^\[\]|]*(?:\|[^\[\]|]*)+)\]", english)
    if match is None:
        return [english]
    return [one for part in match[1].split("|") for one in alternatives(english[:match.start()] + part + english[match.end():])]


def catalogue(language):
    """The rows of a catalogue: English, and its translation."""
    path = f"client/language/catalogue_{language}.cc"
    with open(path, encoding="utf-8") as file:
        tree = tokens_of(file.read())
    rows = []

    def walk(tokens):
        for token in tokens:
            if token.inside is None:
                continue
            parts = split(token.inside, ",")
            if token.kind == "{" and len(parts) == 2 and all(len(p) == 1 and p[0].kind == "string" for p in parts):
                rows.append((parts[0][0].text, parts[1][0].text))
            else:
                walk(token.inside)
    walk(tree)
    return rows


def keys_of(rows):
    return {one.replace("{#}", "{}"): (english, translation) for english, translation in rows for one in alternatives(english)}


def faults_of_row(language, english, translation):
    holes = len(re.findall(r"\{#?\}", english))
    if re.search(r"\{#?\}\{#?\}", english):
        yield "two holes side by side"
    if "{}" in english and len(re.sub(r"\{#?\}|[^A-Za-z]", "", english)) < 2:
        yield "no word of its own"
    used = {int(number) for number in re.findall(r"\{([0-9])", translation)}
    if used != set(range(1, holes + 1)):
        yield f"has {holes} holes, and its translation names {sorted(used)}"
    for forms in re.findall(r"\{[0-9]\|([^}]*)\}", translation):
        if language == "id" or len(forms.split("|")) != 3:
            yield "a plural of Russian and Ukrainian has three forms, and Indonesian has none"
    if re.search({"ru": "[іїєґІЇЄҐ]", "uk": "[ыэъёЫЭЪЁ]", "id": "[А-яЁёІіЇїЄє]"}[language], translation):
        yield "has a letter of another language"
    if translation != translation.strip(" "):
        yield "begins or ends with a space"


UNITS = {"{} m"}  # No word, and yet another one in each language.


def faults(wanted, catalogues):
    known = set().union(*(forms_of(sentence) for sentence in wanted))
    everything = set().union(*(keys_of(rows) for rows in catalogues.values()))
    for language, rows in catalogues.items():
        keys = keys_of(rows)
        for sentence, place in wanted.items():
            if not forms_of(sentence) & set(keys):
                yield f"{place}: not in {language}: {sentence}"
        for sentence in sorted(everything - set(keys)):
            yield f"not in {language}, and in another catalogue: {sentence}"
        for sentence in keys:
            if sentence not in known and sentence not in UNITS:
                yield f"{language}: no source has: {sentence}"
        if len({english for english, _ in rows}) != len(rows):
            yield f"{language}: a sentence stands there twice"
        for english, translation in rows:
            for fault in faults_of_row(language, english, translation):
                yield f"{language}: {fault}: {english}"


def untranslated():
    """Sentences that are printed as they stand: say() and talk() translate, line() and quote() do not."""
    for path in covered():
        for pattern, number in read(path, skipped_calls=CALLS, skipped_functions=FUNCTIONS).printed:
            if any(is_sentence(path, line) for line in lines_of(pattern)):
                yield f"{path}:{number}: is printed without being translated: {pattern.strip()}"


def undecided():
    """Files that stand in neither table."""
    decided = set(files(COVERED)) | set(files(NOT_COVERED))
    for folder in ("protocol", "certs", "daemon", "client"):
        for path in sorted(glob.glob(f"{folder}/**/*.cc", recursive=True) + glob.glob(f"{folder}/**/*.h", recursive=True)):
            if path not in decided:
                yield f"{path}: neither covered nor named as not covered"


def planted():
    """Mistakes that this test must notice."""
    wanted = {"{} day": "a.cc:1", "{} days": "a.cc:1", "no link": "a.cc:2"}
    good = [("{#} [day|days]", "{1} {1|день|дня|дней}"), ("no link", "связи нет")]
    if list(faults(wanted, {"ru": good})):
        yield "faults where there are none"
    for name, rows in {
            "a missing sentence": good[:1], "a missing alternative": [("{#} days", good[0][1]), good[1]],
            "an entry of no source": good + [("no ship", "нет корабля")], "a lost hole": [("{#} [day|days]", "день"), good[1]],
            "two plural forms": [("{#} [day|days]", "{1} {1|день|дней}"), good[1]],
            "another language": [good[0], ("no link", "немає зв'язку, її")], "twice": good + good[:1]}.items():
        if not list(faults(wanted, {"ru": rows})):
            yield f"not noticed: {name}"
    reader = Reader('void f() { std::string a = "x " + b; if (c) a += one ? ", two" : ", three"; talk("Four " + g("five")); }')
    if sorted(pattern for pattern, _ in reader.found) != [", three" + MORE, ", two" + MORE, "Four {}", "five", "x {}"]:
        yield f"C++ is read wrongly: {reader.found}"
    if [pattern for pattern, _ in Reader('void f() { output.line("No ship " + name); output.say("None."); }').printed] != ["No ship {}"]:
        yield "not noticed: a sentence that is printed as it stands"


def main():
    os.chdir(ROOT)
    wanted = demanded()
    catalogues = {language: catalogue(language) for language in LANGUAGES}
    if sys.argv[1:] == ["--missing"]:
        known = keys_of(catalogues["ru"])
        folder = None
        for sentence, place in wanted.items():
            if forms_of(sentence) & set(known):
                continue
            if os.path.dirname(place) != folder:
                folder = os.path.dirname(place)
                print(f"# {folder}")
            print(sentence.replace(MORE, "{+}"))
        return 0
    found = list(planted()) + list(undecided()) + list(untranslated()) + list(faults(wanted, catalogues))
    print("\n".join(found) if found else f"{len(wanted)} sentences in {len(LANGUAGES)} catalogues")
    return 1 if found or not wanted else 0


sys.exit(main())
