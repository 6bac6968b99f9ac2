/// The edge cases that trip service level clocks, row by row, and the tests that show what each does here. A row without tests
/// says why: it is of another module, or of one that is not there yet.
enum EdgeCases {
  struct Row: Sendable {
    let name: String
    let rule: String
    let tests: [String]
    var elsewhere: String?

    init(_ name: String, _ rule: String, tests: [String]) {
      self.name = name
      self.rule = rule
      self.tests = tests
    }

    init(_ name: String, _ rule: String, elsewhere reason: String) {
      self.name = name
      self.rule = rule
      tests = []
      elsewhere = reason
    }
  }

  static let rows: [Row] = [
    Row(
      "Daylight saving time", "Edges by the wall clock, lengths in elapsed seconds; the gap and the doubled hour",
      tests: ["theGapAndTheDoubledHourCountAsElapsed", "gapHour", "doubledHour", "aFullLifeOverAWeekendAndAPauseIsCountedToTheSecond"]),
    Row(
      "Holiday", "Dated ranges, half days, regional sets, yearly rules expanded to dates",
      tests: [
        "wholeAndHalfDays", "ofSeveralSetsOnlyWhatAllLeaveOpenIsOpen", "fileAndTableAgree", "randomRulesAgreeWithBruteForce",
        "anEventThatReachesIntoTheYearsIsCutThere", "aCalendarPinsTheRevisionsItWasMadeFrom",
      ]),
    Row(
      "Coverage edited while clocks run", "Versions; used time stays, the rest uses the new one from its instant",
      tests: [
        "usedTimeStaysAndTheRestIsCountedByTheNewVersion", "nobodyDependsOnTheSweep", "severalVersionsTakeEffectEachAtItsInstant",
        "aVersionRecordedAfterTheMissJudgesAgain", "aShorterDayIsStillTheDay", "aStoppedClockKeepsItsVerdict", "randomHistoriesOverVersions",
      ]),
    Row(
      "Unit day or month", "Working seconds, or the end of the N-th business day",
      tests: ["businessDaysEndWithTheDay", "aPauseMovesABusinessDayByWholeDays", "theDayOfTheChangeCountsOnce"]),
    Row(
      "Several coverages", "One line and one target by the written precedence, with the reason",
      tests: [
        "theTableRankByRank", "amongEqualsTheNewestWinsAndTheReasonSaysSo", "randomCandidatesAgreeWithASort", "theTableRowByRow",
        "explicitlyNoneWinsWhereItIsTheMostSpecific",
      ]),
    Row(
      "Priority or category set after creation", "The target is chosen anew; start and pauses are kept",
      tests: [
        "aNewPriorityKeepsTheUsedTime", "changingTheTargetKeepsPauses", "aPriorityWithoutATargetWithdrawsAndTheWayBackCountsFromTheOpening",
        "targetsFollowAChangeOfTheCategory",
      ]),
    Row(
      "Pending customer", "A pause needs reason and evidence; limits and running on by itself by SLA version; response is exempt",
      tests: [
        "waitingForTheCustomerNeedsEvidence", "aWaitEndsAtItsLimit", "theLimitDoesNotDependOnTheSweep", "allWaitsOfAClockHaveALimitTogether",
        "aWaitThatGoesOnTakesTheNewLimitLessWhatItUsed", "theResponseClockNeverPauses", "refusesNonsense",
      ]),
    Row(
      "Waiting for a supplier", "The customer's clock runs on unless the SLA says that it pauses",
      tests: [
        "waitingForASupplierPausesOnlyWhereTheSLASaysSo", "waitingForASupplierIsTheProvidersOwnTime", "allThreeKindsRunAtOnce",
        "anUntouchedDispatchIsMissedAtItsInstant",
      ]),
    Row(
      "Reopen", "A miss stays, what was met gets the rest, the gap does not count",
      tests: ["onceMissedAReopenKeepsTheMiss", "aReopenGetsOnlyTheRemainderAndTheGapIsNotCounted", "reopeningCannotHideAMiss"]),
    Row(
      "Merge", "The merged one is withdrawn, with a link; what it has missed stays missed",
      tests: ["aMergedTicketIsWithdrawnWithALink", "whatWasMissedBeforeStaysMissed", "aMissStaysWhenTheTicketIsMerged", "aMergedTicketIsWithdrawn"]),
    Row("Split", "The new one keeps the origin's times, its answer and its pauses", tests: ["aSplitTicketKeepsTheTimesOfItsOrigin"]),
    Row(
      "SLA deactivated", "The clock is withdrawn with its reason, its verdicts stay",
      tests: ["anSLATakenAwayKeepsItsHistory", "aPriorityWithoutATargetWithdrawsAndTheWayBackCountsFromTheOpening"]),
    Row(
      "Created closed, paused or back-dated", "The state counts at creation; a back-dated entry gives no time back",
      tests: [
        "createdPausedUsesNothing", "createdClosedIsMet", "aTicketRecordedWhenItIsOverIsJudgedAtOnce",
        "aBackDatedTicketIsCountedThroughTheVersionsOfItsTime",
      ]),
    Row(
      "Alerts out of hours",
      "An escalation waits for its rule's own calendar; what is told has quiet hours in the receiver's zone, except what is urgent",
      tests: [
        "anAlertCalendarLetsItWait", "whatIsOverWhenItsCalendarOpensIsDropped", "quietHoursAreTheReceivers", "quietHoursEndWhenTheClockSays",
        "whatIsUrgentIsSentInAFlood",
      ]),
    Row(
      "No data", "Null and the size of the sample; below a minimum for each figure the value is shown and no verdict given",
      tests: ["nothingJudgedIsNullAndNeverZeroOrHundred", "tooFewSayNothing", "aVerdictOfTooFewIsNone"]),
    Row(
      "Contract changed within a period", "All points to versions; a period is judged by what held when it began, and nothing is changed in the past",
      tests: ["versionsTellWhatHeldWhen", "aPeriodIsJudgedByWhatHeldWhenItBegan", "nothingIsChangedInThePast"]),
    Row("Ends of months", "29 to 31 are cut without moving later months", tests: ["monthEndsAreKept", "anniversaries", "aNameMeansItsDays"]),
    Row(
      "Zone changed within a period",
      "A contract's zone is fixed with its first day in force: its periods are half open and touch; a supplier's may change, what was appraised keeps its own",
      tests: ["whatEachStateAllows", "periodsTouch", "aNewZoneMovesNoAppraisal"]),
    Row(
      "Day of an upgrade or an end", "The day belongs to what holds after it",
      tests: ["theDayOfAChangeBelongsToTheNewFee", "theDayOfAChangeBelongsToWhatHoldsAfterIt", "aMonthThatTheContractHadOnlyInPart"]),
    Row(
      "Rounding", "Minor units and exact ratios, rounded once at the end, half away from zero",
      tests: ["subjectsArePaidOfTheirParts", "roundingIsHalfAwayFromZero", "randomSchedulesAgreeWithIntegers"]),
  ]
}
