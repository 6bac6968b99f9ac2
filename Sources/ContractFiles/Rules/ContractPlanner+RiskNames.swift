import Contracts
import Kernel

/// Whom and what a file may name where it accepts a gap: who takes part in keeping the line's promises, and what is promised.
extension ContractPlanner {
  /// The risks, with the parties as the proofs name them. Refuses what names nothing: it would accept nothing, and end what is accepted.
  mutating func resolved(_ risks: [FileRisk], of line: FileLine, at place: String) -> [FileRisk] {
    let (parties, promises) = (self.parties(of: line), self.promises(of: line))
    let isSold = agreements(.sla).contains(line.sla)
    var resolved: [FileRisk] = []
    for (index, risk) in risks.enumerated() {
      for (number, promise) in (risk.promises ?? []).enumerated() where isSold && !promises.hold(promise) {
        refuse(
          "\(place)[\(index)].promises[\(number)]", ContractFileMessages.notPromised,
          ["allowed": ContractFileMessages.list(promises.codes, language)])
      }
      var named: [String] = []
      for (number, party) in (risk.parties ?? []).enumerated() {
        let names = parties.names(of: party)
        if names.isEmpty {
          refuse(
            "\(place)[\(index)].parties[\(number)]", ContractFileMessages.noSuchParty,
            ["allowed": ContractFileMessages.list(parties.known, language)])
        }
        named += names
      }
      resolved.append(
        FileRisk(
          gap: risk.gap, promises: risk.promises, parties: risk.parties.map { _ in named }, reason: risk.reason, by: risk.by, until: risk.until))
    }
    return resolved
  }

  private func parties(of line: FileLine) -> RiskParties {
    var parties = RiskParties()
    let chain = recorded.chains[line.name]?["teams"]?.array ?? []
    parties.exact = Set((line.teams ?? []).map(\.team) + chain.compactMap { $0["teamName"]?.text })
    for supplier in line.suppliers ?? [] {
      if let found = recorded.supplierServices["\(supplier.supplier) \(supplier.service)"] { parties.add(found, of: recorded.supplierNames[supplier.supplier]) }
    }
    for link in recorded.links[line.name] ?? [] {
      let found = recorded.supplierServices.values.first { $0["id"] == link["service"] }
      if let found { parties.add(found, of: link["supplierCode"]?.text.flatMap { recorded.supplierNames[$0] }) }
    }
    // Whom a proof names though he takes part no longer.
    let services = parties.services
    let told = self.told(of: line).flatMap { ($0["parties"]?.array ?? []).compactMap(\.text) }
    parties.exact.formUnion(told.filter { services[$0] == nil })
    return parties
  }

  private func promises(of line: FileLine) -> RiskPromises {
    let before = recorded.lines.first { $0["name"]?.text == line.name }?["slaName"]?.text
    let names = [line.sla] + (before.map { [$0] } ?? [])
    let ofFile = file.slas.filter { names.contains($0.name) }.flatMap(\.goals)
    let there = names.flatMap { (recorded.slas[$0]?["targets"]?.array ?? []).map(Goal.init(recorded:)) }
    return RiskPromises(
      labels: Set((ofFile + there).filter { !$0.explicitlyNone }.map(\.label)),
      told: self.told(of: line).flatMap { ($0["promised"]?.array ?? []).compactMap(\.text) })
  }

  /// The gaps of the newest proof of a line, and those that are accepted.
  private func told(of line: FileLine) -> [Value] { recorded.proofs[line.name].map { $0.gaps + $0.risks } ?? [] }
}

/// Who may be named: teams and suppliers' services.
private struct RiskParties {
  /// As the proofs name them, services with region and instance.
  var exact: Set<String> = []
  /// The same of services, by their names without these.
  var services: [String: Set<String>] = [:]

  mutating func add(_ service: Value, of supplier: String?) {
    guard let supplier, let name = service["name"]?.text else { return }
    exact.insert("\(supplier) \(service.serviceName)")
    services["\(supplier) \(name)", default: []].insert("\(supplier) \(service.serviceName)")
  }

  var known: [String] { exact.sorted() }

  /// What proofs call it: without a region a service means it in all of them. Older proofs told no regions. Empty where there is none.
  func names(of party: String) -> [String] {
    guard exact.contains(party) else { return services[party].map { [party] + $0.sorted() } ?? [] }
    let older = services.first { $0.value.contains(party) }?.key
    return [party] + (older.map { exact.contains($0) ? [] : [$0] } ?? [])
  }
}

/// What a line promises, and what its proofs say that it does.
private struct RiskPromises {
  let labels: Set<TargetLabel>
  let told: [String]

  var codes: [String] { labels.sorted().map(\.promise) }

  func hold(_ promise: String) -> Bool {
    let parts = promise.split(separator: " ")
    let ofMetric = labels.filter { $0.metric == parts.first.map { String($0) } }
    return !ofMetric.isEmpty && parts.dropFirst().allSatisfy { part in ofMetric.contains { $0.mayBe(part) } }
      || told.contains { FileRisk.isSaid(promise, of: $0) }
  }
}

extension TargetLabel {
  private var parts: [String] {
    [priority.map { "P\($0)" }, ticketType.map { "type:\($0.rawValue)" }, service.map { "service:\($0)" }, ciTier.map { "tier:\($0)" }].compactMap(\.self)
  }

  /// As a file names it: `resolution P1 type:request`.
  fileprivate var promise: String { ([metric] + parts).joined(separator: " ") }

  /// Whether it says that of its tickets; what a clock promises in any priority it promises in each.
  fileprivate func mayBe(_ part: Substring) -> Bool {
    if parts.contains(String(part)) { return true }
    return priority == nil && Metric(rawValue: metric) != nil && FileRisk.isPriority(part)
  }
}
