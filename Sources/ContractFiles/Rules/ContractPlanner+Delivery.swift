import Contracts
import Kernel
import Operations

/// Who keeps the promises: teams with their OLAs, and what each line rests on. What the file does not say is left as it is.
extension ContractPlanner {
  /// The names of SLAs, or of OLAs, in the file and recorded.
  func agreements(_ kind: AgreementKind) -> Set<String> {
    let there = recorded.slas.filter { $0.value["kind"]?.text == kind.rawValue }.keys
    return Set(file.slas.filter { $0.kind == kind }.map(\.name)).union(there)
  }

  private var teams: Set<String> { Set(file.teams.map(\.name)).union(recorded.teams.keys) }

  mutating func planTeams() {
    refuseRepeated(file.teams.map(\.name), at: "teams")
    for (index, team) in file.teams.enumerated() {
      let (place, name) = ("teams[\(index)]", team.name)
      var step = ContractPlan.Step(
        kind: recorded.teams[name] == nil ? .create : .same, noun: ContractFileMessages.team, name: "“\(name)”", path: place)
      if recorded.teams[name] == nil {
        step.act = { applying in
          let made = try await applying.call("team.create", [Value.Member("name", .text(name))])
          await applying.keep(made["id"], of: .team(name))
        }
      }
      add(step)
      if let ola = team.ola { plan(ola, of: name, at: place) }
    }
  }

  private mutating func plan(_ ola: String, of team: String, at place: String) {
    let known = agreements(.ola)
    guard known.contains(ola) else { return refuseUnknown("\(place).ola", known: known) }
    if recorded.slas[ola]?["state"] == "retired" { refuse("\(place).ola", ContractsMessages.slaRetired, ["name": ola]) }
    let before = recorded.agreements[team]?["olaName"]?.text
    var step = ContractPlan.Step(
      kind: before == ola ? .same : before == nil ? .create : .change, noun: ContractFileMessages.teamOla, name: "“\(team)”: “\(ola)”", path: place,
      from: before == ola ? nil : validFromText)
    if before != ola {
      let from = validFromMember
      step.act = { applying in
        let members = [Value.Member("team", await applying.id(.team(team))), Value.Member("ola", await applying.id(.sla(ola)))]
        try await applying.call("team_agreement.add", members + from)
      }
    }
    add(step)
  }

  mutating func planDelivery(of line: FileLine, at place: String) {
    if let teams = line.teams { plan(teams, line.supplierMetrics, of: line.name, at: "\(place).teams") }
    if let suppliers = line.suppliers { plan(suppliers, of: line.name, at: "\(place).suppliers") }
  }

  // MARK: Teams of a line

  private mutating func plan(_ wanted: [FileLineTeam], _ supplierMetrics: [String]?, of line: String, at place: String) {
    let calendars = Set(file.calendars.map(\.name)).union(recorded.calendars.keys)
    refuseRepeated(wanted.map(\.team), at: place, field: "team")
    for (index, team) in wanted.enumerated() {
      if !teams.contains(team.team) { refuseUnknown("\(place)[\(index)].team", known: teams) }
      if let calendar = team.calendar, !calendars.contains(calendar) { refuseUnknown("\(place)[\(index)].calendar", known: calendars) }
    }
    let chain = recorded.chains[line].flatMap { $0["validFrom"]?.isNull ?? true ? nil : $0 }
    let before = chain?["teams"]?.array ?? []
    let isSame =
      before.map(RecordedTeam.init) == wanted.map { RecordedTeam($0, before) }.sorted { $0.tier < $1.tier }
      && supplierMetrics.map { Set($0) == chain?["supplierMetrics"]?.texts } ?? true
    var step = ContractPlan.Step(
      kind: isSame ? .same : chain == nil ? .create : .change, noun: ContractFileMessages.lineTeams, name: "“\(line)”", path: place,
      from: isSame || chain == nil ? nil : validFromText, details: isSame ? [] : details(wanted, supplierMetrics))
    if !isSame {
      // What the file does not say stays: for which metrics a team, and the suppliers, are needed.
      let needed = supplierMetrics.map { Value.array($0.map(Value.text)) } ?? chain?["supplierMetrics"]
      let metrics = needed.map { [Value.Member("supplierMetrics", $0)] } ?? []
      let from = chain == nil ? [] : validFromMember
      step.act = { applying in
        var teams: [Value] = []
        for team in wanted { teams.append(await team.value(before, applying)) }
        let members = [Value.Member("line", await applying.id(.line(line))), Value.Member("teams", .array(teams))]
        try await applying.call("delivery_chain.set", members + metrics + from)
      }
    }
    add(step)
  }

  private func details(_ teams: [FileLineTeam], _ supplierMetrics: [String]?) -> [String] {
    teams.map { team in "\(team.tier) “\(team.team)”" + (team.metrics.map { ": " + $0.joined(separator: ", ") } ?? "") }
      + (supplierMetrics.map { metrics in
        [ContractFileMessages.suppliersNeeded.text(language, ["metrics": metrics.isEmpty ? "-" : metrics.joined(separator: ", ")])]
      } ?? [])
  }

  // MARK: Suppliers of a line

  private mutating func plan(_ wanted: [FileLineSupplier], of line: String, at place: String) {
    var left = recorded.links[line] ?? []
    for (index, supplier) in wanted.enumerated() {
      let path = "\(place)[\(index)]"
      let (service, contract) = ("\(supplier.supplier) \(supplier.service)", supplier.contract.map { "\(supplier.supplier) \($0)" })
      guard recorded.suppliers.contains(supplier.supplier) else {
        refuseUnknown("\(path).supplier", known: recorded.suppliers)
        continue
      }
      guard let found = recorded.supplierServices[service] else {
        refuseUnknown("\(path).service", known: Self.names(of: supplier.supplier, among: recorded.supplierServices.keys))
        continue
      }
      if let contract, recorded.underpinningContracts[contract] == nil {
        refuseUnknown("\(path).contract", known: Self.names(of: supplier.supplier, among: recorded.underpinningContracts.keys))
        continue
      }
      let there = left.firstIndex { link in
        link["service"] == found["id"] && link["role"]?.text == supplier.role
          && link["underpinningContract"] == (contract.flatMap { recorded.underpinningContracts[$0]?["id"] } ?? .null)
          && (supplier.weight.map { link["weight"] == .integer($0) } ?? true)
      }
      if let there { left.remove(at: there) }
      let weight = supplier.weight ?? left.first { $0["service"] == found["id"] && $0["role"]?.text == supplier.role }?["weight"]?.integer
      // Nobody rests on one service twice: what differs by its weight alone ends before the other begins.
      let lighter = left.firstIndex { link in
        there == nil && link["service"] == found["id"] && link["role"]?.text == supplier.role
          && link["underpinningContract"] == (contract.flatMap { recorded.underpinningContracts[$0]?["id"] } ?? .null)
      }
      var from = validFrom ?? now
      if let lighter {
        let link = left.remove(at: lighter)
        from = Self.end(of: link, at: from)
        add(end(link, isNotNeeded: false, of: line, at: path, until: from))
      }
      add(link(supplier, service, contract, weight: weight, of: line, at: path, isThere: there != nil, from: from))
    }
    // The new ones stand before the old ones end. The file says all that the line rests on: it needs nothing else in their place.
    for link in left {
      let goesOn = wanted.contains { recorded.supplierServices["\($0.supplier) \($0.service)"]?["id"] == link["service"] && $0.role == link["role"]?.text }
      add(end(link, isNotNeeded: !goesOn, of: line, at: place))
    }
  }

  /// As the file names them: without the supplier's code.
  private static func names(of supplier: String, among keys: some Collection<String>) -> [String] {
    keys.filter { $0.hasPrefix("\(supplier) ") }.map { String($0.dropFirst(supplier.count + 1)) }
  }

  private func link(
    _ supplier: FileLineSupplier, _ service: String, _ contract: String?, weight: Int64?, of line: String, at path: String, isThere: Bool,
    from begins: Instant
  ) -> ContractPlan.Step {
    let isNew = !recorded.lines.contains { $0["name"]?.text == line }
    var step = ContractPlan.Step(
      kind: isThere ? .same : .create, noun: ContractFileMessages.lineSupplier, name: "“\(line)”: \(service)", path: path,
      from: isThere || isNew ? nil : validFromText)
    guard !isThere else { return step }
    // What a new line rests on, it has rested on since it began.
    let from = isNew ? [] : [Value.Member("validFrom", .instant(begins))]
    step.act = { applying in
      var members = [
        Value.Member("line", await applying.id(.line(line))), Value.Member("service", await applying.id(.supplierService(service))),
        Value.Member("role", .text(supplier.role)),
      ]
      if let weight { members.append(Value.Member("weight", .integer(weight))) }
      if let contract { members.append(Value.Member("underpinningContract", await applying.id(.underpinningContract(contract)))) }
      try await applying.call("supplier_link.add", members + from)
    }
    return step
  }

  /// When a link ends that is to be over from an instant on: not before it has begun, or one of today could not be corrected today.
  private static func end(of link: Value, at instant: Instant) -> Instant {
    guard let begins = link["validFrom"]?.text.flatMap(Instant.init) else { return instant }
    return max(instant, Instant(microseconds: begins.microseconds + 1))
  }

  private func end(_ link: Value, isNotNeeded: Bool, of line: String, at path: String, until: Instant? = nil) -> ContractPlan.Step {
    let name = "\(link["supplierCode"]?.text ?? "") \(recorded.linkedServices[link["service"]?.text ?? ""] ?? link["serviceName"]?.text ?? "")"
    var step = ContractPlan.Step(
      kind: .end, noun: ContractFileMessages.lineSupplier, name: "“\(line)”: \(name)", path: path, from: validFromText,
      details: isNotNeeded ? [ContractFileMessages.notNeeded.text(language)] : [], renamed: ["endedAt": "validFrom"])
    let members =
      [Value.Member("id", link["id"] ?? .null), Value.Member("notNeeded", .bool(isNotNeeded))]
      + ((until ?? validFrom).map { [Value.Member("endedAt", .instant(Self.end(of: link, at: $0)))] } ?? [])
    let version = link["version"]?.integer
    step.act = { applying in try await applying.call("supplier_link.end", members, version: version) }
    return step
  }
}

/// A team of a line as it is compared.
private struct RecordedTeam: Equatable {
  let team: String
  let tier: Int64
  let calendar: String?
  let handling: [Int64]
  let metrics: Set<String>

  init(_ value: Value) {
    team = value["teamName"]?.text ?? ""
    tier = value["tier"]?.integer ?? 1
    calendar = value["calendarName"]?.text
    handling = value["handlingSeconds"]?.array?.compactMap(\.integer) ?? []
    metrics = value["metrics"]?.texts ?? []
  }

  init(_ team: FileLineTeam, _ before: [Value]) {
    (self.team, tier, calendar, handling) = (team.team, team.tier, team.calendar, team.handling)
    metrics = team.neededMetrics(before)?.texts ?? []
  }
}

extension FileLineTeam {
  /// Where the file does not say for which metrics it is needed, a team that was there keeps them.
  fileprivate func neededMetrics(_ before: [Value]) -> Value? {
    metrics.map { Value.array($0.map(Value.text)) } ?? before.first { $0["teamName"]?.text == team && $0["tier"]?.integer == tier }?["metrics"]
  }

  /// As the operation takes it.
  fileprivate func value(_ before: [Value], _ applying: Applying) async -> Value {
    // The last is for all that follow, so it names no priority.
    let times = handling.enumerated().map { place, seconds in
      Value.object([
        Value.Member("priority", place + 1 < handling.count ? .integer(Int64(place + 1)) : .null), Value.Member("seconds", .integer(seconds)),
      ])
    }
    var members = [
      Value.Member("team", await applying.id(.team(team))), Value.Member("tier", .integer(tier)),
      Value.Member("handling", .array(times)),
    ]
    if let calendar { members.append(Value.Member("calendar", await applying.id(.calendar(calendar)))) }
    if let metrics = neededMetrics(before) { members.append(Value.Member("metrics", metrics)) }
    return .object(members)
  }
}

extension Value {
  fileprivate var texts: Set<String> { Set((array ?? []).compactMap(\.text)) }
}
