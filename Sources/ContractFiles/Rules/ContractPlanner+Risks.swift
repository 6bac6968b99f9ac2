import Contracts
import Kernel
import Operations
import ServiceTime

/// Where a line promises more than backs it, and somebody said that it may. What the file does not say is left as it is; where it
/// says something, it says all.
extension ContractPlanner {
  mutating func planRisks(of line: FileLine, at place: String) {
    guard let said = line.acceptedRisks else { return }
    let place = "\(place).acceptedRisks"
    let wanted = resolved(said, of: line, at: place)
    let proven = recorded.proofs[line.name]
    // One that is accepted on other terms ends, and is accepted on these.
    let ending = (proven?.risks ?? []).filter { risk in !wanted.contains { isSame($0, risk) } }
    for risk in ending { add(end(risk, of: line.name, at: place)) }
    for (index, (risk, shown)) in zip(wanted, said).enumerated() {
      let gaps = (proven?.gaps ?? []).filter { $0["accepted"] != .bool(true) || ending.contains { $0.isTold(by: risk) } }
      let its = gaps.filter { $0.isTold(by: risk) }
      add(accept(risk, shown: shown, gaps: its, isProven: proven?.isProven ?? false, of: line.name, at: "\(place)[\(index)]"))
    }
  }

  private func isSame(_ wanted: FileRisk, _ risk: Value) -> Bool {
    let until = risk["until"]?.text.flatMap(Instant.init)
    return risk.isTold(by: wanted) && risk["reason"]?.text == wanted.reason && wanted.until == until.flatMap { zone?.date(at: $0) }
      && (wanted.by.map { $0 == risk.acceptedBy } ?? true)
  }

  /// - Parameters:
  ///   - shown: the same as the file names it.
  ///   - gaps: of the newest proof, those that it is about and that are not accepted yet.
  private func accept(_ risk: FileRisk, shown: FileRisk, gaps: [Value], isProven: Bool, of line: String, at path: String) -> ContractPlan.Step {
    let isSame = isProven && gaps.isEmpty && !changesWhatIsProven
    let what = [shown.gap, (shown.promises ?? []).joined(separator: ", "), (shown.parties ?? []).joined(separator: ", ")].filter { !$0.isEmpty }
    var step = ContractPlan.Step(
      kind: isSame ? .same : .create, noun: ContractFileMessages.acceptedRisk, name: "“\(line)”: \(what.joined(separator: "; "))", path: path,
      renamed: ["acceptedBy": "by"])
    guard !isSame else { return step }
    let reason = ContractFileMessages.because.text(language, ["reason": risk.reason])
    let accepted = risk.by.map { ContractFileMessages.acceptedBy.text(language, ["name": $0, "reason": risk.reason]) } ?? reason
    let until = risk.until.flatMap { day in zone.map { $0.start(of: day) } }
    step.details = [accepted]
    if let until { step.details.append(ContractFileMessages.acceptedUntil.text(language, ["date": words.date(until)])) }
    step.details += gaps.isEmpty ? [ContractFileMessages.whatIsFound.text(language)] : gaps.compactMap { $0["text"]?.text }
    step.act = { applying in
      let members = [Value.Member("contract", await applying.id(.contract)), Value.Member("line", await applying.id(.line(line)))]
      let proof = try await applying.call("proof.run", members)["lines"]?.array?.first ?? .null
      let numbers = (proof["gaps"]?.array ?? []).filter { $0["accepted"] != .bool(true) && $0.isTold(by: risk) }.compactMap { $0["number"] }
      guard !numbers.isEmpty else { return }
      try await applying.call(
        "accepted_risk.record",
        [
          Value.Member("proof", proof["id"] ?? .null), Value.Member("gaps", .array(numbers)), Value.Member("reason", .text(risk.reason)),
          Value.Member("until", .instant(until)), Value.Member("acceptedBy", .text(risk.by)),
        ])
    }
    return step
  }

  private func end(_ risk: Value, of line: String, at path: String) -> ContractPlan.Step {
    var step = ContractPlan.Step(
      kind: .end, noun: ContractFileMessages.acceptedRisk, name: "“\(line)”: \(risk["text"]?.text ?? risk["kind"]?.text ?? "")", path: path)
    let members = [
      Value.Member("id", risk["id"] ?? .null), Value.Member("reason", .text(ContractFileMessages.noLongerAccepted.text(language))),
    ]
    let version = risk["version"]?.integer
    step.act = { applying in try await applying.call("accepted_risk.end", members, version: version) }
    return step
  }

  /// Whether the plan changes something that proofs rest on: then more may be open than the newest one says.
  private var changesWhatIsProven: Bool {
    let parts = ["calendars", "slas", "teams", "contract"]
    return plan.steps.contains { step in
      step.kind != .same && !step.path.hasPrefix("contract.contacts") && parts.contains { step.path.hasPrefix($0) }
        && step.noun != ContractFileMessages.acceptedRisk
    }
  }
}

extension Value {
  /// Of a gap or an accepted risk.
  fileprivate func isTold(by risk: FileRisk) -> Bool {
    risk.covers(
      kind: self["kind"]?.text, promised: (self["promised"]?.array ?? []).compactMap(\.text), of: (self["parties"]?.array ?? []).compactMap(\.text))
  }

  /// Who took the risk upon himself.
  var acceptedBy: String? { self["acceptedBy"]?.text ?? self["actorName"]?.text }
}
