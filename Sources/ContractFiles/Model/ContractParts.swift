import Contracts
import Kernel
import Operations
import ServiceTime

/// What was read of a contract, to be written as a file.
struct ContractParts: Sendable {
  struct Line: Sendable {
    let line: Value
    let chain: Value
    /// Each with the service's name and the reference of the underpinning contract.
    let links: [(link: Value, service: String, contract: String?)]
    /// What of its gaps is accepted now, the newest first.
    let risks: [Value]
  }

  let customer: Value
  let contract: Value
  var units: [Value] = []
  var people: [Value] = []
  var contacts: [Value] = []
  var lines: [Line] = []
  var teams: [(name: String, ola: String?)] = []
  var slas: [Value] = []
  var calendars: [Value] = []

  init(customer: Value, contract: Value) {
    self.customer = customer
    self.contract = contract
  }

  /// In the order of docs/contracts.md; what is not there is left out.
  var value: Value {
    let members: [Value.Member] = [
      Value.Member("customer", customer.picked(["code", "name", "zone", "language"])), .list("units", unitsInOrder.map(unit)),
      .list("people", people.map(person)), .list("calendars", calendars.map(calendar)), .list("slas", slas.map(sla)),
      .list("teams", teams.map { .present([.init("name", .text($0.name)), .init("ola", .text($0.ola))]) }), Value.Member("contract", contractValue),
    ]
    return .present(members)
  }

  // MARK: The customer

  /// A parent stands before what is below it.
  private var unitsInOrder: [Value] { units.sorted { path($0).lexicographicallyPrecedes(path($1)) } }

  private func path(_ unit: Value) -> [String] {
    var (names, next): ([String], Value?) = ([], unit)
    while let unit = next, names.count <= 100 {
      names.insert(unit["name"]?.text ?? "", at: 0)
      next = units.first { !($0["id"]?.isNull ?? true) && $0["id"] == unit["parent"] }
    }
    return names
  }

  private func name(ofUnit id: Value?) -> Value {
    .text(units.first { $0["id"] == id }.map { path($0).joined(separator: "/") })
  }

  private func unit(_ unit: Value) -> Value {
    .present([
      .init("name", unit["name"] ?? .null), .init("kind", unit["kind"] ?? .null), .init("parent", name(ofUnit: unit["parent"])),
      .init("zone", unit["zone"] ?? .null),
    ])
  }

  private func person(_ person: Value) -> Value {
    .present([
      .init("name", person["name"] ?? .null), .init("email", person["email"] ?? .null), .init("unit", name(ofUnit: person["unit"])),
      .init("language", person["language"] ?? .null),
    ])
  }

  // MARK: Definitions

  private func calendar(_ calendar: Value) -> Value {
    let definition = calendar["ownDefinition"] ?? calendar["definition"] ?? .null
    // As people write a week, whatever order it was stored in.
    let week = definition["week"].map { $0.picked(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]) } ?? .null
    return .present([
      .init("name", calendar["name"] ?? .null), .init("zone", definition["zone"] ?? .null), .init("week", week),
      .init("exceptions", definition["exceptions"] ?? .null),
      .list("holidaySets", (calendar["holidaySets"]?.array ?? []).compactMap { $0["name"] }),
    ])
  }

  private func sla(_ sla: Value) -> Value {
    func time(_ name: String) -> Value { .text(sla[name]?.integer.map { WrittenTime.text(seconds: $0) }) }
    return .present([
      .init("name", sla["name"] ?? .null), .init("kind", sla["kind"] ?? .null), .init("resolutionStopsAt", sla["resolutionStopsAt"] ?? .null),
      .init(
        "waits",
        .present([
          .init("supplierPauses", sla["supplierWaitsPause"] ?? .null), .init("providerPauses", sla["providerWaitsPause"] ?? .null),
          .init("limit", time("waitLimitSeconds")), .init("total", time("waitTotalSeconds")),
        ])), .list("targets", (sla["targets"]?.array ?? []).map { target(Goal(recorded: $0)) }),
    ])
  }

  private func target(_ goal: Goal) -> Value {
    func one(_ value: Value) -> Value { value.isNull ? .null : .array([value]) }
    let label = goal.label
    return .present([
      .init("metric", .text(label.metric)), .init("priorities", one(.integer(label.priority))), .init("types", one(.text(label.ticketType?.rawValue))),
      .init("services", one(.text(label.service))), .init("ciTiers", one(.text(label.ciTier))),
      .init("within", .text(goal.explicitlyNone ? FileTarget.noneWord : goal.budget.map(WrittenTime.text))), .init("calendar", .text(goal.calendar)),
      .init("objective", goal.objective.map { .decimal($0.percent) } ?? .null), .init("period", .text(goal.period)),
      .init("countsFrom", .text(goal.countsFrom)), .list("warnAt", goal.warnPercents.map { .integer($0) }),
      .init("pauses", goal.budget == nil ? .null : .bool(goal.pauses)),
    ])
  }

  // MARK: The contract

  private var contractValue: Value {
    let zone = contract["zone"]?.text.flatMap(Zone.named)
    func day(_ name: String) -> Value {
      .text(contract[name]?.text.flatMap(Instant.init).flatMap { instant in zone?.date(at: instant).description })
    }
    let notice = contract["noticeDays"]?.integer.map { "\($0) days" } ?? contract["noticeMonths"]?.integer.map { "\($0) months" }
    return .present([
      .init("name", contract["name"] ?? .null), .init("state", contract["state"] == "draft" ? "draft" : .null),
      .init("currency", contract["currency"] ?? .null), .init("zone", contract["zone"] ?? .null), .init("starts", day("startsAt")),
      .init("ends", day("endsAt")), .init("renewal", contract["renewal"] ?? .null), .init("notice", .text(notice)),
      .init("renewalMonths", contract["renewalMonths"] ?? .null),
      .list("contacts", contacts.map { .present([.init("person", .text($0.personKey)), .init("role", $0["role"] ?? .null)]) }),
      .init("lines", .array(lines.map(line))),
    ])
  }

  private func line(_ found: Line) -> Value {
    let (line, teams) = (found.line, found.chain["teams"]?.array ?? [])
    func persons(_ ids: [Value]) -> [Value] { ids.compactMap { id in people.first { $0["id"] == id }.map { .text($0.personKey) } } }
    return .present([
      .init("name", line["name"] ?? .null), .init("sla", line["slaName"] ?? .null),
      .list("units", (line["units"]?.array ?? []).map { name(ofUnit: $0) }), .list("persons", persons(line["persons"]?.array ?? [])),
      .init("onlyCoveredCis", line["onlyCoveredCis"] == .bool(true) ? .bool(true) : .null),
      .init("quantity", line["quantity"] ?? .null), .init("quantityUnit", line["quantityUnit"] ?? .null),
      .init("exclusions", .present([.init("en", line["exclusionsEn"] ?? .null), .init("zh-Hans", line["exclusionsZh"] ?? .null)])),
      .init("priceReference", line["priceReference"] ?? .null), .init("monthlyFee", line["monthlyFee"] ?? .null),
      .init("service", line["serviceCode"] ?? .null), .init("offering", line["offeringCode"] ?? .null),
      .list("teams", teams.map(team)), .init("supplierMetrics", teams.isEmpty ? .null : found.chain["supplierMetrics"] ?? .null),
      .list(
        "suppliers",
        found.links.map { link, service, contract in
          .present([
            .init("supplier", link["supplierCode"] ?? .null), .init("service", .text(service)), .init("contract", .text(contract)),
            .init("role", link["role"] ?? .null), .init("weight", link["weight"] == 1 ? .null : link["weight"] ?? .null),
          ])
        }), .list("acceptedRisks", risks(found.risks)),
    ])
  }

  /// In the order in which they were accepted; what several gaps have in common stands once.
  private func risks(_ found: [Value]) -> [Value] {
    let zone = contract["zone"]?.text.flatMap(Zone.named)
    var written: [Value] = []
    for risk in found.reversed() where risk["kind"]?.text != nil {
      let until = risk["until"]?.text.flatMap(Instant.init).flatMap { zone?.date(at: $0).description }
      let value = Value.present([
        .init("gap", risk["kind"] ?? .null), .list("promises", risk["promised"]?.array ?? []), .list("parties", risk["parties"]?.array ?? []),
        .init("reason", risk["reason"] ?? .null), .init("by", .text(risk.acceptedBy)), .init("until", .text(until)),
      ])
      if !written.contains(value) { written.append(value) }
    }
    return written
  }

  private func team(_ team: Value) -> Value {
    let handling = (team["handlingSeconds"]?.array ?? []).compactMap(\.integer)
    let texts = handling.map { Value.text(WrittenTime.text(seconds: $0)) }
    let isSame = Set(handling).count <= 1
    return .present([
      .init("team", team["teamName"] ?? .null), .init("tier", team["tier"] ?? .null), .init("calendar", team["calendarName"] ?? .null),
      .init("handling", isSame && handling.first != 0 ? texts.first ?? .null : .null), .list("handlingByPriority", isSame ? [] : texts),
      .init("metrics", team["metrics"] ?? .null),
    ])
  }
}

extension Value {
  /// Without members that are null, or empty.
  fileprivate static func present(_ members: [Member]) -> Value {
    .object(members.filter { member in !member.value.isNull && member.value.members?.isEmpty != true })
  }

  fileprivate func picked(_ names: [String]) -> Value { .present(names.map { Member($0, self[$0] ?? .null) }) }
}

extension Value.Member {
  /// Null where the list is empty.
  fileprivate static func list(_ name: String, _ values: [Value]) -> Value.Member { Value.Member(name, values.isEmpty ? .null : .array(values)) }
}
