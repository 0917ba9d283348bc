// The maxima of the protocol and of the programs, but for those that concern one file or room alone
// and stand there. Sizes are bytes unless the name says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotline::limits {

// Frames of the link and of the client API (protocol/base/frame.h).
inline constexpr uint32_t kFrameSizeMax = 1u << 20;
inline constexpr uint32_t kFlatbufferDepthMax = 16;
inline constexpr uint32_t kFlatbufferTablesMax =
    4096;  // A full Messages frame has two tables a message.

// One message.
inline constexpr size_t kEnvelopeSizeMax = 16 * 1024;
inline constexpr size_t kBodySizeMax = 48 * 1024;
inline constexpr size_t kReferencesMax = 64;
inline constexpr size_t kTextsMax = 8;  // Languages of one message.
inline constexpr size_t kQuestionsMax = 32;
inline constexpr size_t kSubjectCharactersMax = 200;
inline constexpr size_t kUrgentWordsMax = 200;  // FLASH and IMMEDIATE texts.
inline constexpr size_t kPolygonPointsMax = 256;
inline constexpr size_t kPartsMax = 16;                      // The body and attachments.
inline constexpr size_t kMeetingTimesMax = 16;               // Proposed for one meeting.
inline constexpr size_t kChangesMax = 64;                    // Fields of one correction.
inline constexpr size_t kCorrectionsMax = 64;                // One message's.
inline constexpr size_t kFieldCharactersMax = 4000;          // Free text of one coded field.
inline constexpr size_t kNameCharactersMax = 64;             // Exercise ids.
inline constexpr int64_t kTimeMax_ms = 253'402'300'799'999;  // The end of the year 9999.

// Bounds of what can be said of things on Earth.
inline constexpr uint32_t kDistanceMax_m = 20'037'509;  // Half of the equator.
inline constexpr int32_t kAltitudeMax_m = 100'000'000;  // Beyond any orbit that matters here.
inline constexpr int32_t kDepthMax_m = 11'500;          // Deeper than the deepest trench.
inline constexpr uint32_t kSpeedMax_cm_s = 1'120'000;   // Escape velocity, 11.2 km/s.

// Volumes: where and when something is announced (protocol/geometry/volume.h).
inline constexpr size_t kVolumesMax = 16;         // One notice's.
inline constexpr size_t kImpactAreasMax = 15;     // In a launch, beside the area where it begins.
inline constexpr size_t kVolumePointsMax = 256;   // One polygon's, the first one twice, or route's.
inline constexpr size_t kVolumePiecesMax = 1024;  // Straight pieces of a border: over 10,000 km.
inline constexpr uint32_t kVolumeRadiusMax_m = 500'000;
inline constexpr uint32_t kVolumeHalfWidthMax_m = 100'000;
inline constexpr int32_t kFlightLevelMax = 999;
inline constexpr size_t kVolumesKeptMax = 200'000;   // Both parties' that are not over.
inline constexpr size_t kVolumesComparedMax = 1024;  // With one volume that is announced.
inline constexpr size_t kConflictsMax = 10'000;      // Known at once.
inline constexpr size_t kConflictsInFull = 10;       // Shown with each pair of their volumes.
inline constexpr size_t kConflictsToldMax = 120;     // Journaled in a minute, found or ended.
inline constexpr int64_t kSeparationHorizontalMax_m = 100'000;
inline constexpr int64_t kSeparationVerticalMax_m = 100'000;
inline constexpr int64_t kSeparationTimeMax_s = 7 * 86'400;
inline constexpr size_t kGeojsonSizeMax = 1 << 20;  // A file's with volumes,
inline constexpr size_t kGeojsonDepthMax = 32;      // and how deep it may be nested.

// Logs. They fit an int64 of SQLite, and tlog-cosignature allows no more for a time.
inline constexpr uint64_t kTreeSizeMax = INT64_MAX;
inline constexpr uint64_t kCosignatureTimeMax = INT64_MAX;
inline constexpr size_t kProofHashesMax =
    63;  // The longest inclusion proof in a tree of kTreeSizeMax.

// Names within keys and origins.
inline constexpr size_t kPartyIdSizeMax = 32;

// Signed notes.
inline constexpr size_t kNoteSizeMax = 4 * 1024;
inline constexpr size_t kNoteSignaturesMax = 16;

// Proof files (tlog-proof). The extra data has room for a whole envelope, its body and two
// certificates of 16 KiB, each as PEM text (a third longer, and its line feeds).
inline constexpr size_t kProofExtraSizeMax = 144 * 1024;

// The link.
inline constexpr size_t kMessagesPerFrameMax = 1024;
inline constexpr size_t kWindowFloor = 16 * 1024;  // Unreceipted bytes that are always allowed.
// At most so many bytes stand before a FLASH, so that it is through within a tenth of a second
// where 10 MB/s are; a path of 600 ms still carries more than 1 MB/s. Urgent messages may go
// beyond.
inline constexpr size_t kWindowCap = 1024 * 1024;
inline constexpr size_t kUrgentWindowCap = kWindowCap + 256 * 1024;
// Messages that wait for an earlier commit: far more than the window of any version.
inline constexpr size_t kStashBytesMax = 16 * kWindowCap;
inline constexpr int64_t kProbeInterval_ms = 10'000;
inline constexpr int kProbesMissedMax = 3;
inline constexpr int64_t kAloneTold_ms = kProbesMissedMax * kProbeInterval_ms;  // Without a link.
// Between two cosignatures on a journal, in the long run; so many may come at once.
inline constexpr int64_t kWitnessInterval_ms = 10'000;
inline constexpr int64_t kWitnessBurst_ms = 10 * kWitnessInterval_ms;
inline constexpr int64_t kExportPatience_ms = 2'000;  // For the witness to cosign what is exported.
inline constexpr int64_t kHandshakeDeadline_ms = 10'000;
inline constexpr int64_t kPathCheckInterval_ms = 60'000;  // For paths that are not in use.
inline constexpr int64_t kClockSkewWarn_ms = 2'000;
inline constexpr int64_t kClockSkewAlarm_ms = 30'000;
// Both ends compare the conflicts that go on for so long: one's clock may be ahead of the other's.
inline constexpr int64_t kConflictsCompared_ms = 2 * kClockSkewAlarm_ms;

// Bounds of what a peer with good keys may make us do (protocol/channel/noise.h). Per minute and
// kind; the rest is counted, and told as a number.
inline constexpr size_t kLinksMax =
    8;  // At once; beyond, the oldest that is not adopted is closed.
inline constexpr uint64_t kRefusalsToldMax = 8;
inline constexpr uint64_t kLinkChangesToldMax = 8;
inline constexpr uint64_t kClockAlarmsToldMax = 2;
inline constexpr uint64_t kPeerAlarmsToldMax = 8;
inline constexpr uint64_t kDeclinesMax = 32;  // That the machine releases.
// A recovery takes back so much (protocol/channel/recovery.h), all of it in memory, and records so
// many messages in one commit.
inline constexpr size_t kRecoveredBytesMax = size_t{1} << 30;
inline constexpr size_t kRecoveredPerBatchMax = 1024;
inline constexpr size_t kEvidenceKeptMax = 16;    // One kind's, in the life of a channel.
inline constexpr size_t kPeerWordsSizeMax = 400;  // Its words in one record of ours.
// A message of the peer takes so much of our disk: in the log, in the database, and with its
// entries.
inline constexpr uint64_t kDiskCostPerByte = 3;
inline constexpr uint64_t kDiskCostPerMessage = 2 * 1024;
inline constexpr size_t kUncommittedMax = 16 * kWindowCap;  // Its messages on their way to disk.

// Escalation (protocol/channel/policy.h, protocol/channel/ladder.h, daemon/notify/).
inline constexpr size_t kRungsMax = 8;
inline constexpr size_t kRungNameSizeMax = 32;
inline constexpr size_t kContactsMax = 16;
inline constexpr size_t kContactSizeMax = 200;
inline constexpr size_t kCommandsPerRungMax = 4;
inline constexpr size_t kCommandArgumentsMax = 32;
inline constexpr size_t kCommandSizeMax = 4 * 1024;              // All arguments together.
inline constexpr int64_t kPolicyTimeMax_ms = 90 * 86'400'000LL;  // No deadline is longer.
inline constexpr int64_t kAlarmAgainMin_ms = 1'000;
inline constexpr int64_t kAttemptDeadline_ms = 10'000;  // Then the command is killed.
inline constexpr int64_t kAttemptInterval_ms = 15'000;  // From start to start.
// From start to start of one command that has more to tell: a flood that goes on is told in turns.
inline constexpr int64_t kAttemptRest_ms = 500;
// While the last run goes on: a command that takes its time keeps nobody waiting who came later.
inline constexpr int64_t kAttemptOverlap_ms = 1'000;
inline constexpr int64_t kAttemptStuck_ms = 60'000;    // No outcome: something is wrong with us.
inline constexpr int64_t kLadderLate_ms = 60'000;      // A decision that is later was lost.
inline constexpr int kAttemptsMax = 4;                 // The first, and three retries.
inline constexpr size_t kAttemptOutputMax = 4 * 1024;  // The last of what it printed.
// Commands under way for messages of one side (ours, the peer's): each has as many, so that neither
// keeps the other's people from being told.
inline constexpr size_t kAttemptsRunningMax = 16;
inline constexpr size_t kAttemptsReservedForFlash = 4;  // Among these.
inline constexpr size_t kAttemptsPerCommandMax = 4;     // Under way beside each other.
inline constexpr size_t kAttemptsBesideMax = 12;        // Beyond, only a command's first.
// One run of a command tells of so many blocks: its journal entry is a quarter of a frame at most,
// and has room for a million messages that stand together.
inline constexpr size_t kAttemptBlocksMax = 16 * 1024;  // KeySet::kBlock numbers each.
inline constexpr size_t kAttemptNamesMax = 32;          // Messages named to the command one by one.
// In one turn of the loop, about two milliseconds of work: a flood must not keep anything waiting.
inline constexpr size_t kDecisionsPerCallMax = 1024;
// The alarms of several turns are told as one, after so long at the latest.
inline constexpr int64_t kSoundPatience_ms = 500;
// Between two alarms that no command could tell anybody, of one side and precedence.
inline constexpr int64_t kUnpagedRest_ms = 5'000;

// Conditions (protocol/channel/conditions.h).
inline constexpr uint64_t kConditionsBegunMax = 2;  // Beginnings of one in a minute.
inline constexpr size_t kConditionTextSizeMax = 800;
inline constexpr size_t kAcknowledgedFlashMax = 1024;  // Remembered with who acknowledged.
inline constexpr size_t kFlashNamedMax = 8;            // Past their last rung, of each side.
inline constexpr size_t kMisreadNamedMax = 8;  // Read back otherwise than they say, of each side.
// So many messages of the peer that wait are a flood, until half of them are left.
inline constexpr size_t kFloodWaitingMin = 50;

// Test calls that are remembered until their interval is judged.
inline constexpr size_t kTestCallsKept = 64;

// The transport below the session (protocol/transport/).
// Bytes waiting to be written on one link. A session has kUrgentWindowCap under way and a frame
// more, and says little beside; a client may submit thousands of messages in one turn.
inline constexpr size_t kLinkQueueSizeMax = 10 * 1024 * 1024;
static_assert(kLinkQueueSizeMax >= kUrgentWindowCap + 4 * kFrameSizeMax);
inline constexpr int64_t kGoodbyeDeadline_ms = 2'000;    // For an orderly close.
inline constexpr int64_t kTcpUserTimeout_ms = 24'000;    // 2.4 probe intervals.
inline constexpr size_t kPostHandshakeMessagesMax = 16;  // TLS messages between two frames.
// A name with several addresses: the next one is begun when the last has not connected for so long
// (RFC 8305), or connected and not ended its handshake; so all have their turn within a handshake's
// deadline, and a slow link is not dialled twice.
inline constexpr int64_t kNextAddress_ms = 250;
inline constexpr int64_t kNextAddressConnected_ms = 2'500;
inline constexpr size_t kAddressesPerNameMax = 32;
inline constexpr size_t kLookupsMax = 16;  // Names that wait for the operating system's answer.
inline constexpr int64_t kLookupPatience_ms = 2'000;  // Then the last answer stands in.
// Handshakes under way at one listener: of strangers, of those who are known by their networks (an
// IPv4 address, or 64 bits of IPv6), and of one network once the places of its kind are all taken.
inline constexpr size_t kHandshakesMax = 64;
inline constexpr size_t kHandshakesKnownMax = 32;
inline constexpr size_t kHandshakesPerNetworkMax = 8;
inline constexpr size_t kKnownNetworksMax = 64;
inline constexpr size_t kRefusalReportsMax = 10;  // One by one in a window; the rest are counted.
inline constexpr int64_t kRefusalReportWindow_ms = 1'000;
inline constexpr int64_t kAcceptPause_ms = 100;  // When the process is out of descriptors.
inline constexpr int64_t kBackoffFirst_ms = 500;
inline constexpr int64_t kBackoffCap_ms = 30'000;

// The daemon's log (daemon/process/log_queue.h). A line with its time and level fits PIPE_BUF, so
// that a pipe takes it whole. So many lines wait while nobody reads; a reader that was restarted
// finds the last hours of a quiet day, and a flood costs no more memory than that.
inline constexpr size_t kLogLineSizeMax = 4'000;
inline constexpr size_t kLogLinesWaitingMax = 4'096;
inline constexpr size_t kLogWaitingSizeMax = 1024 * 1024;
inline constexpr int64_t kLogPatience_ms = 2'000;      // Nothing taken for longer: nobody reads.
inline constexpr int64_t kLogRetry_ms = 1'000;         // After a failed write.
inline constexpr int64_t kLogFarewell_ms = 1'000;      // For what still waits at the end.
inline constexpr int64_t kLogTroubleOver_ms = 60'000;  // Since there was none.

// The client API.
inline constexpr size_t kClientsMax = 256;          // Those of people who have a role,
inline constexpr size_t kClientsPerPersonMax = 64;  // and of one of them.
inline constexpr size_t kStrangersMax = 16;  // Connections of others, until they are refused,
inline constexpr size_t kStrangersPerUserMax = 4;
inline constexpr int64_t kClientHelloDeadline_ms = 5'000;
inline constexpr size_t kFarewellsMax = 64;  // Clients told why they are cut, in a goodbye's time.
inline constexpr size_t kListRowsMax = 1000;
// Rows of one answer, bytes: with what is beside them a frame holds it.
inline constexpr size_t kRowsSizeMax = kFrameSizeMax - 64 * 1024;
// In one row: the longest subject that the rules allow, in the longest characters; a language tag.
inline constexpr size_t kRowSubjectSizeMax = 4 * kSubjectCharactersMax;
inline constexpr size_t kRowLanguageSizeMax = 40;
// The later facts of one message, which a peer can add to without end: of each kind the first and
// the last so many are shown, and up to this many are counted.
inline constexpr size_t kFactsShownMax = 64;
inline constexpr size_t kFactsCounted = 10'000;
// Messages of one client, submitted and not committed yet. A client with more is not read until
// half of them are answered, so that no one fills the memory, or the commit that everybody's next
// message waits for.
inline constexpr size_t kSubmissionsWaitingMax = 4096;
inline constexpr size_t kSubmissionsWaitingSizeMax = 4 * 1024 * 1024;
inline constexpr size_t kReadsWaitingMax = 16;  // One client's, asked and not answered; likewise.
// Requests of one person that are served in one turn of the event loop, over all connections: about
// a TLS record of them, a millisecond's work. The rest wait for the next turn.
inline constexpr size_t kRequestsPerTurnMax = 64;
// Answers of all clients together that were not taken yet. Beyond, who has the most gives way.
inline constexpr size_t kClientQueuesSizeMax = 32 * 1024 * 1024;
// A client whose queue is shorter keeps up, and the others are not looked at for its sake.
inline constexpr size_t kClientQueueSmall = 64 * 1024;
static_assert(kClientsMax * kClientQueueSmall <= kClientQueuesSizeMax);
// By one person in a minute, journaled one by one; what is beyond is told as a number.
inline constexpr uint64_t kPersonRefusalsToldMax = 8;
inline constexpr uint64_t kPersonExportsToldMax = 8;
inline constexpr size_t kPersonsCountedMax = 256;          // Each for itself; those beyond as one.
inline constexpr int64_t kExportOfferInterval_ms = 1'000;  // Between offers to the witness.
// A counter may leave out so many: a program that counts its own refused submissions does. More
// would let a slip of one program use up a certificate's counters for ever.
inline constexpr uint64_t kCounterStepMax = 1u << 20;
inline constexpr size_t kIdempotencyKeySizeMax = 128;

// Drafts (protocol/channel/drafts.h). One stands in an entry of the journal, and an export holds
// entries of 65,535 bytes; it has room for a whole body and for what a message says beside it.
inline constexpr size_t kDraftSizeMax = 56 * 1024;
inline constexpr size_t kDraftsOpenMax = 256;
inline constexpr size_t kDraftsOpenForFlash = 16;     // Places that others cannot fill.
inline constexpr size_t kDraftReasonSizeMax = 2'000;  // Why one is given back.
inline constexpr size_t kDraftsEndedKept = 1024;      // For whoever asks what became of one.

// FLASH among the own messages of a month (protocol/channel/flash_share.h).
inline constexpr uint64_t kFlashShareMessagesMin = 20;  // Of fewer a share says nothing.
inline constexpr uint64_t kFlashShareMax_percent = 5;

// Agreements (protocol/channel/agreements.h).
inline constexpr size_t kAgreementSizeMax = 16 * 1024;
inline constexpr size_t kProposalsOpenMax = 8;     // Of each party.
inline constexpr size_t kProposalsEndedKept = 64;  // For whoever asks what became of one.
inline constexpr size_t kAgreementsShown = 24;     // The newest, with their texts, in one answer.
inline constexpr int64_t kSignedProposalKept_ms = 24 * 60 * 60 * 1000LL;
// For so long one party may follow the next agreement and the other not yet: their clocks differ.
inline constexpr int64_t kAgreementPatience_ms = 60'000;

// Hand-overs of the watch (protocol/channel/handover.h). A list stands in one entry of the journal,
// and an export holds entries of 65,535 bytes.
inline constexpr int64_t kWatchMax_ms = 13 * 60 * 60 * 1000LL;  // Then it is an alarm.
inline constexpr size_t kHandoverItemsPerCode = 16;             // Beyond, they are counted.
inline constexpr size_t kHandoverSubjectSizeMax = 80;
inline constexpr size_t kHandoverTextSizeMax = 160;
inline constexpr size_t kHandoverConditionSizeMax = 400;  // The text of a condition.
inline constexpr size_t kHandoverNoteSizeMax = 2'000;
inline constexpr size_t kHandoverItemCost = 64;  // Of one item, beside its words.
inline constexpr size_t kHandoverSizeMax = 60 * 1024;

// Pauses of a ladder (protocol/channel/pauses.h).
inline constexpr int64_t kPauseMax_ms = int64_t{12} * 60 * 60 * 1000;
inline constexpr size_t kPauseReasonSizeMax = 500;
inline constexpr size_t kPausesMax = 240;

// The clock of an exercise (protocol/channel/exercise.h).
inline constexpr int64_t kExerciseJumpMax_ms = int64_t{31} * 24 * 60 * 60 * 1000;
inline constexpr int64_t kExerciseAheadMax_ms = int64_t{366} * 24 * 60 * 60 * 1000;
inline constexpr size_t kClockChangeSizeMax = 64;  // Bytes.
inline constexpr int64_t kClocksApart_ms = 60'000;
inline constexpr int64_t kClocksNear_ms = 2'000;
inline constexpr int64_t kClockFollowMax_ms = int64_t{60} * 60 * 1000;  // Behind the peer's.
inline constexpr int kExerciseStepsMax = 64;           // Of a jump, before others have their turn.
inline constexpr int64_t kExercisePatience_ms = 2000;  // Of a jump, for receipts on the way.

// Cases of violations (protocol/channel/cases.h).
inline constexpr size_t kCaseViolationsKept = 20'000;  // Of each party, the newest.
inline constexpr size_t kCaseDecisionsKept = 50;       // Of the peer about one case, the newest.
inline constexpr size_t kThreadHopsMax = 8;            // From a name to the thread that it means.
inline constexpr size_t kDecisionsDueNamed = 8;        // The others are one condition.
inline constexpr size_t kGuarantorsMax = 16;
inline constexpr int64_t kWidespreadMax = 1'000;

// An agreement says in months how long something is kept at least.
inline constexpr int64_t kRetentionMonthsMax = 1'200;
inline constexpr size_t kCaseReasonSizeMax = 2'000;
inline constexpr size_t kCaseRowsMax = 200;
inline constexpr size_t kCaseKindShown = 8;       // The newest violations of its kind.
inline constexpr size_t kCaseMessagesShown = 50;  // Violations and decisions, each.
inline constexpr size_t kCaseTextShown = 2'000;   // Of a decision, and of its reason.

}  // namespace hotline::limits
