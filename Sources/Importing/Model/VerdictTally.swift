import Kernel

/// The log's own judgements beside ours.
package struct VerdictTally: Sendable, Equatable {
  /// Incidents for which the log holds a judgement, and those among them that it calls met.
  package private(set) var recorded: Int64 = 0
  package private(set) var recordedMet: Int64 = 0
  package private(set) var recomputedMet: Int64 = 0
  package private(set) var recomputedMissed: Int64 = 0
  /// Without a promise, not ended, or ended at a time that the log does not tell.
  package private(set) var notJudged: Int64 = 0
  /// Both say the same.
  package private(set) var agreeing: Int64 = 0

  package init() {}

  mutating func count(recordedMet: Bool?, recomputedMet: Bool?) {
    if let recordedMet {
      recorded += 1
      if recordedMet { self.recordedMet += 1 }
    }
    switch recomputedMet {
    case true?: self.recomputedMet += 1
    case false?: recomputedMissed += 1
    case nil: notJudged += 1
    }
    if let recordedMet, let recomputedMet, recordedMet == recomputedMet { agreeing += 1 }
  }

  package var judged: Int64 { recomputedMet + recomputedMissed }

  static func + (left: VerdictTally, right: VerdictTally) -> VerdictTally {
    var sum = left
    sum.recorded += right.recorded
    sum.recordedMet += right.recordedMet
    sum.recomputedMet += right.recomputedMet
    sum.recomputedMissed += right.recomputedMissed
    sum.notJudged += right.notJudged
    sum.agreeing += right.agreeing
    return sum
  }

  static func += (left: inout VerdictTally, right: VerdictTally) { left = left + right }

  package var value: Value { .object(members) }

  var members: [Value.Member] {
    [
      Value.Member("recorded", .integer(recorded)), Value.Member("agreeing", .integer(agreeing)), Value.Member("recordedMet", .integer(recordedMet)),
      Value.Member("recomputedMet", .integer(recomputedMet)), Value.Member("recomputedMissed", .integer(recomputedMissed)),
      Value.Member("judged", .integer(judged)), Value.Member("notJudged", .integer(notJudged)),
    ]
  }
}
