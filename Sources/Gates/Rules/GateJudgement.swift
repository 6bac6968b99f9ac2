import Kernel
import Operations

/// What a gate says to what is before it.
package enum GateVerdict: Sendable, Equatable {
  case passed
  /// Somebody who may let it pass said why.
  case bypassed(reason: String)
  /// What is missing: fields, items or evidence, in the gate's order.
  case stopped(missing: [String])
}

/// The one rule by which gates decide.
package enum GateJudgement {
  /// - Parameters:
  ///   - asked: what the gate asks for.
  ///   - present: what is there: fields and evidence of the incident, and the items that are said to be done.
  ///   - bypass: the reason of a bypass; one that is not needed changes nothing.
  package static func verdict(asked: [String], present: Set<String>, bypass: String?) -> GateVerdict {
    let missing = asked.filter { !present.contains($0) }
    if missing.isEmpty { return .passed }
    return bypass.map { .bypassed(reason: $0) } ?? .stopped(missing: missing)
  }

  /// What a gate says that asks for an approval.
  /// - Parameters:
  ///   - round: who was asked last; nil: nobody was. What was agreed to about another version is not agreed to.
  ///   - party: who takes the step: where nobody approves what he does himself, his own word does not count, nor does any for who may be
  ///     anybody: a program, the command line.
  static func verdict(
    _ round: GateRound?, of party: Party, version: Int64?, bypass: String?, at now: Instant
  ) throws(Failure) -> GateVerdict {
    if let round, round.isOf(version), try round.standing(at: now) == .approved {
      let isOwn = round.rows([.approved]).contains { $0.approval.decidedBy.map(party.isSame) ?? false }
      if round.mayBeOwn || isPerson(party) && !isOwn { return .passed }
    }
    return bypass.map { .bypassed(reason: $0) } ?? .stopped(missing: [])
  }

  /// Whether it is known who somebody is.
  static func isPerson(_ party: Party) -> Bool { FourEyes.refusal(of: party, than: []) != .noPerson }

  /// Whether a gate stands before something of a priority. One that has stopped it stands there until it passes: another priority is
  /// no way round.
  package static func holds(for priority: Int64, of gate: Int64?, hasStopped: Bool = false) -> Bool { hasStopped || (gate.map { $0 == priority } ?? true) }
}

extension Gate {
  /// The order in which an incident comes to them, and those of one step in that in which they were made.
  static func isBefore(_ one: Gate, _ other: Gate) -> Bool { (one.step.place, one.id) < (other.step.place, other.id) }

  /// What it asks for, by name.
  package var asked: [String] {
    switch kind {
    case .field, .evidence: facts.map(\.rawValue) + attributes.map(GateNeeds.name(ofAttribute:))
    case .checklist: items.map(\.key)
    case .approval: []
    }
  }

  package func missing(_ facts: GateNeeds, checked: Set<String> = []) -> [String] {
    guard case .stopped(let missing) = verdict(facts, checked: checked, bypass: nil) else { return [] }
    return missing
  }

  package func verdict(_ facts: GateNeeds, checked: Set<String>, bypass: String?) -> GateVerdict {
    // An item of a checklist may be called like a field.
    let present = kind == .checklist ? checked : facts.names
    return GateJudgement.verdict(asked: asked, present: present, bypass: bypass)
  }
}
