import Contracts
import Kernel
import Operations
import ServiceTime

/// A customer's contract as a file says it, in its newest versions: applied to an empty installation that has its suppliers and its
/// catalogue, it gives the same.
package struct ContractExport: Sendable {
  private let applying: Applying
  private let dispatcher: Dispatcher

  package init(dispatcher: Dispatcher, as principal: Principal, _ language: Language) {
    self.dispatcher = dispatcher
    applying = Applying(dispatcher, as: principal, language)
  }

  /// - Parameter contract: its name or its number; nil: the one that the customer has.
  package func yaml(customer code: String, contract name: String?) async throws -> String {
    let code = code.uppercased()
    guard let entry = try await dispatcher.tenancy.tenant(code: code), entry.kind == .customer else {
      throw Failure.invalid("customer", ContractFileMessages.noCustomer, ["code": code])
    }
    let ofCustomer = Value.Member("customer", .id(entry.publicId))
    let customer = try await applying.call("customer.read", [Value.Member("id", .id(entry.publicId))])
    let live = try await applying.all("contract.list", [ofCustomer, Value.Member("asOf", RecordedState.always)]).filter { $0["state"] != "ended" }
    let contract = try Self.one(of: live, named: name, customer: code)
    // It would be in force where the file is applied.
    guard contract["state"] != "suspended" else {
      throw Failure(.conflict, ContractFileMessages.suspended, ["name": contract["name"]?.text ?? ""])
    }
    var parts = ContractParts(customer: customer, contract: contract)
    parts.units = try await applying.all("unit.list", [ofCustomer])
    let people = try await applying.all("person.list", [ofCustomer, Value.Member("withLeft", .bool(true))])
    let ofContract = Value.Member("contract", contract["id"] ?? .null)
    parts.contacts = try await applying.all("contract_contact.list", [ofContract]).filter { $0["validUntil"]?.isNull ?? true }
    for line in try await applying.all("contract_line.list", [ofContract, Value.Member("asOf", RecordedState.always)]) where line["state"] == "active" {
      parts.lines.append(try await read(line))
    }
    // Who has left is in the file where the contract names him still.
    let meant = parts.contacts.compactMap { $0["person"] } + parts.lines.flatMap { $0.line["persons"]?.array ?? [] }
    parts.people = people.filter { ($0["leftAt"]?.isNull ?? true) || meant.contains($0["id"] ?? .null) }
    try await readDefinitions(&parts)
    return try YAMLText.text(parts.value)
  }

  /// The contract that is meant, of those of a customer that are not ended.
  private static func one(of live: [Value], named name: String?, customer code: String) throws(Failure) -> Value {
    if live.isEmpty { throw Failure(.notFound, ContractFileMessages.noContract, ["customer": code]) }
    let named = live.filter { contract in name.map { contract["name"]?.text == $0 || contract["number"]?.text == $0.uppercased() } ?? true }
    if let contract = named.first, named.count == 1 { return contract }
    let names = live.map { "\($0["name"]?.text ?? "") (\($0["number"]?.text ?? ""))" }.joined(separator: ", ")
    if let name, named.isEmpty { throw Failure(.notFound, ContractFileMessages.noSuchContract, ["customer": code, "name": name, "names": names]) }
    throw Failure(.conflict, ContractFileMessages.notOneContract, ["customer": code, "count": String(named.count), "names": names])
  }

  private func read(_ line: Value) async throws -> ContractParts.Line {
    let ofLine = Value.Member("line", line["id"] ?? .null)
    let chain = try await applying.call("delivery_chain.read", [ofLine, Value.Member("asOf", RecordedState.always)])
    var links: [(link: Value, service: String, contract: String?)] = []
    for link in try await applying.all("supplier_link.list", [ofLine]) where link["endedAt"]?.isNull ?? true {
      let ofSupplier = Value.Member("supplier", link["supplier"] ?? .null)
      let service = try await applying.all("supplier_service.list", [ofSupplier]).first { $0["id"] == link["service"] }
      let contract = try await applying.all("underpinning_contract.list", [ofSupplier]).first { $0["id"] == link["underpinningContract"] }
      links.append((link, service?.serviceName ?? "", contract?["reference"]?.text))
    }
    let risks = try await applying.risksInForce(of: line["id"] ?? .null, at: dispatcher.tenancy.clock.now())
    return ContractParts.Line(line: line, chain: chain, links: links, risks: risks)
  }

  /// What the lines and their teams name: teams with their OLAs, SLAs, and the calendars of all of these.
  private func readDefinitions(_ parts: inout ContractParts) async throws {
    let teams = Set(parts.lines.flatMap { ($0.chain["teams"]?.array ?? []).compactMap { $0["teamName"]?.text } })
    var olas: [String: String] = [:]
    for agreement in try await applying.all("team_agreement.list", []) {
      guard let team = agreement["teamName"]?.text, teams.contains(team) else { continue }
      olas[team] = agreement["endedAt"]?.isNull ?? true ? agreement["olaName"]?.text : nil
    }
    parts.teams = teams.sorted().map { ($0, olas[$0]) }
    let wanted = Set(parts.lines.compactMap { $0.line["slaName"]?.text }).union(olas.values)
    parts.slas = try await applying.all("sla.list", [Value.Member("asOf", RecordedState.always)]).filter { wanted.contains($0["name"]?.text ?? "") }
    let calendars = Set(
      parts.slas.flatMap { ($0["targets"]?.array ?? []).compactMap { $0["calendarName"]?.text } }
        + parts.lines.flatMap { ($0.chain["teams"]?.array ?? []).compactMap { $0["calendarName"]?.text } })
    for calendar in try await applying.all("calendar.list", []) where calendars.contains(calendar["name"]?.text ?? "") {
      parts.calendars.append(
        try await applying.call("calendar.read", [Value.Member("id", calendar["id"] ?? .null), Value.Member("asOf", RecordedState.always)]))
    }
  }
}

extension Value {
  /// A supplier's service with its region and instance, as files name it.
  var serviceName: String { ["name", "region", "instance"].compactMap { self[$0]?.text }.filter { !$0.isEmpty }.joined(separator: " ") }
}
