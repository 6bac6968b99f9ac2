import Contracts
import Kernel
import Operations
import ServiceTime
import Tenancy

/// What Steward has of all that a file names, in the newest versions, those that are yet to begin included.
struct RecordedState: Sendable {
  private(set) var customer: Value?
  private(set) var units: [String: Value] = [:]
  private(set) var persons: [Value] = []
  private(set) var calendars: [String: Value] = [:]
  /// By name, where the file names any.
  private(set) var holidaySets: [String: Value] = [:]
  private(set) var slas: [String: Value] = [:]
  /// What the file names of the catalogue, by code.
  private(set) var services: [String: Value] = [:]
  private(set) var offerings: [String: Value] = [:]
  /// By whose days services enter the catalogue and leave it.
  private(set) var providerZone: Zone?
  /// Those in use, where the file names any.
  private(set) var ciTiers: Set<String> = []
  /// The provider's teams by name, and the OLA that each works by last; where the file names any.
  private(set) var teams: [String: Value] = [:]
  private(set) var agreements: [String: Value] = [:]
  /// The codes of all suppliers, where the file names any.
  private(set) var suppliers: Set<String> = []
  /// The names of those of them that the file names, or on which lines rest whose risks it accepts; by code.
  private(set) var supplierNames: [String: String] = [:]
  /// What suppliers provide and promise: `CLOUD Compute`, `CLOUD UC-7`; of the same suppliers.
  private(set) var supplierServices: [String: Value] = [:]
  /// What files call the services that lines rest on, by id: two of a supplier may differ in their regions alone.
  private(set) var linkedServices: [String: String] = [:]
  private(set) var underpinningContracts: [String: Value] = [:]
  /// Of the lines of which the file says so: who keeps their promises.
  private(set) var chains: [String: Value] = [:]
  private(set) var links: [String: [Value]] = [:]
  /// Of those of which it says which gaps are accepted: what is proven of them.
  private(set) var proofs: [String: Proven] = [:]
  private(set) var contract: Value?
  /// Its versions that stand, where it is suspended or more than one may tell what it is now.
  private(set) var versions: [Value] = []
  private(set) var lines: [Value] = []
  private(set) var contacts: [Value] = []
  /// Whether several contracts that are not ended have the file's name.
  private(set) var hasNamesakes = false
  /// The contract's renewals, where its end is not the file's.
  private(set) var renewals: [Value] = []

  /// The newest proof of a line, and what is accepted now.
  struct Proven: Sendable {
    let isProven: Bool
    let gaps: [Value]
    let risks: [Value]
  }

  /// An instant at which every version that is recorded holds.
  static let always: Value = "9999-12-31T00:00:00Z"

  init(of file: ContractFile, by applying: Applying, _ tenancy: Tenancy) async throws {
    let calendarNames = Set(file.calendars.map(\.name)).union(file.slas.flatMap { $0.targets.compactMap(\.calendar) })
      .union((file.contract?.lines ?? []).flatMap { ($0.teams ?? []).compactMap(\.calendar) })
    for summary in try await applying.all("calendar.list", []) {
      guard let name = summary["name"]?.text, calendarNames.contains(name) else { continue }
      calendars[name] = try await applying.call("calendar.read", [Value.Member("id", summary["id"] ?? .null), Value.Member("asOf", Self.always)])
    }
    if file.calendars.contains(where: { $0.holidaySets?.isEmpty == false }) {
      for set in try await applying.all("holiday_set.list", []) { holidaySets[set["name"]?.text ?? ""] = set }
    }
    for sla in try await applying.all("sla.list", [Value.Member("asOf", Self.always)]) { slas[sla["name"]?.text ?? ""] = sla }
    let lines = file.contract?.lines ?? []
    let targets = file.slas.flatMap(\.targets)
    offerings = try await Self.byCode("offering.list", Set(lines.compactMap(\.offering)), applying)
    // Those of the offerings as well: they say whom it is for, and when it can be sold.
    let ofOfferings = offerings.values.compactMap { $0["serviceCode"]?.text }
    services = try await Self.byCode("service.list", Set(lines.compactMap(\.service) + targets.flatMap(\.services) + ofOfferings), applying)
    providerZone = try await tenancy.provider().flatMap { Zone.named($0.zone) }
    if targets.contains(where: { !$0.ciTiers.isEmpty }) {
      ciTiers = Set(try await applying.all("ci_tier.list", []).filter { $0["active"] == .bool(true) }.compactMap { $0["code"]?.text })
    }
    try await readDelivery(of: file, applying)
    guard let entry = try await tenancy.tenant(code: file.customer.code), entry.kind == .customer else { return }
    let id = Value.id(entry.publicId)
    customer = try await applying.call("customer.read", [Value.Member("id", id)])
    let units = try await applying.all("unit.list", [Value.Member("customer", id)])
    self.units = Self.byPath(units)
    // With those who have left: they keep their addresses, and lines and contacts may name them still.
    persons = try await applying.all("person.list", [Value.Member("customer", id), Value.Member("withLeft", .bool(true))])
    guard let wanted = file.contract else { return }
    let contracts = try await applying.all("contract.list", [Value.Member("customer", id), Value.Member("asOf", Self.always)])
    let ofName = contracts.filter { $0["name"]?.text == wanted.name }
    let live = ofName.filter { $0["state"] != "ended" }
    hasNamesakes = live.count > 1
    guard let found = live.first ?? ofName.first else { return }
    contract = found
    if found["state"] == "suspended" || found["validFrom"]?.text.flatMap(Instant.init).map({ $0 > tenancy.clock.now() }) ?? false {
      versions = try await applying.all("contract.history", [Value.Member("id", found["id"] ?? .null)]).filter { version in
        version["line"]?.isNull ?? true && version["withdrawnAt"]?.isNull ?? true
      }
    }
    let ofContract = Value.Member("contract", found["id"] ?? .null)
    self.lines = try await applying.all("contract_line.list", [ofContract, Value.Member("asOf", Self.always)]).filter { $0["state"] != "ended" }
    try await readDelivery(of: lines, applying)
    try await readProofs(of: lines, applying, at: tenancy.clock.now())
    contacts = try await applying.all("contract_contact.list", [ofContract]).filter { $0["validUntil"]?.isNull ?? true }
    let zone = found["zone"]?.text.flatMap(Zone.named)
    guard wanted.ends.flatMap({ zone?.start(of: $0) }) != found["endsAt"]?.text.flatMap(Instant.init) else { return }
    renewals = try await applying.all("renewal.list", [Value.Member("customer", id), Value.Member("state", "all")]).filter { $0["contract"] == found["id"] }
  }

  /// Teams and suppliers, where the file names any.
  private mutating func readDelivery(of file: ContractFile, _ applying: Applying) async throws {
    let lines = file.contract?.lines ?? []
    if !file.teams.isEmpty || lines.contains(where: { $0.teams?.isEmpty == false }) {
      for team in try await applying.all("team.list", []) { teams[team["name"]?.text ?? ""] = team }
      // The newest one of each team comes last.
      for agreement in try await applying.all("team_agreement.list", []) {
        agreements[agreement["teamName"]?.text ?? ""] = agreement["endedAt"]?.isNull ?? true ? agreement : nil
      }
    }
    try await readSuppliers(Set(lines.flatMap { ($0.suppliers ?? []).map(\.supplier) }), applying)
  }

  private mutating func readSuppliers(_ codes: Set<String>, _ applying: Applying) async throws {
    guard !codes.isEmpty else { return }
    for supplier in try await applying.all("supplier.list", []) {
      guard let code = supplier["code"]?.text else { continue }
      suppliers.insert(code)
      guard codes.contains(code) else { continue }
      supplierNames[code] = supplier["name"]?.text
      let ofSupplier = Value.Member("supplier", supplier["id"] ?? .null)
      for service in try await applying.all("supplier_service.list", [ofSupplier]) {
        supplierServices["\(code) \(service.serviceName)"] = service
      }
      for contract in try await applying.all("underpinning_contract.list", [ofSupplier]) {
        underpinningContracts["\(code) \(contract["reference"]?.text ?? "")"] = contract
      }
    }
  }

  /// Who keeps the promises of the recorded lines, where the file says who is to, or that somebody's part may be missing.
  private mutating func readDelivery(of wanted: [FileLine], _ applying: Applying) async throws {
    for line in wanted {
      guard let id = self.lines.first(where: { $0["name"]?.text == line.name })?["id"] else { continue }
      let ofLine = Value.Member("line", id)
      if line.teams != nil || line.acceptedRisks != nil {
        chains[line.name] = try await applying.call("delivery_chain.read", [ofLine, Value.Member("asOf", Self.always)])
      }
      if line.suppliers != nil || line.acceptedRisks != nil {
        links[line.name] = try await applying.all("supplier_link.list", [ofLine]).filter { $0["endedAt"]?.isNull ?? true }
      }
    }
    for supplier in Set(links.values.joined().compactMap { $0["supplier"]?.text }).sorted() {
      for service in try await applying.all("supplier_service.list", [Value.Member("supplier", .text(supplier))]) {
        linkedServices[service["id"]?.text ?? ""] = service.serviceName
      }
    }
    let proven = wanted.filter { $0.acceptedRisks != nil }
    let linked = Set(proven.flatMap { (links[$0.name] ?? []).compactMap { $0["supplierCode"]?.text } })
    try await readSuppliers(linked.subtracting(supplierNames.keys), applying)
  }

  private mutating func readProofs(of wanted: [FileLine], _ applying: Applying, at now: Instant) async throws {
    for line in wanted where line.acceptedRisks != nil {
      guard let id = self.lines.first(where: { $0["name"]?.text == line.name })?["id"] else { continue }
      let newest = try await applying.call("proof.list", [Value.Member("line", id), Value.Member("limit", 1)])["items"]?.array?.first
      proofs[line.name] = Proven(
        isProven: newest != nil, gaps: newest?["gaps"]?.array ?? [], risks: try await applying.risksInForce(of: id, at: now))
    }
  }

  /// What of a listing the file names.
  private static func byCode(_ operation: String, _ codes: Set<String>, _ applying: Applying) async throws -> [String: Value] {
    guard !codes.isEmpty else { return [:] }
    let named = try await applying.all(operation, []).filter { codes.contains($0["code"]?.text ?? "") }
    return Dictionary(named.map { ($0["code"]?.text ?? "", $0) }) { first, _ in first }
  }

  /// Units by the names from the top down: `Berlin/Finance`.
  private static func byPath(_ units: [Value]) -> [String: Value] {
    let byId = Dictionary(units.map { ($0["id"]?.text ?? "", $0) }) { first, _ in first }
    var paths: [String: Value] = [:]
    for unit in units {
      var names: [String] = []
      var next: Value? = unit
      while let unit = next, names.count <= 100 {
        names.insert(unit["name"]?.text ?? "", at: 0)
        next = unit["parent"]?.text.flatMap { byId[$0] }
      }
      paths[names.joined(separator: "/")] = unit
    }
    return paths
  }

  /// A person of the file: by e-mail address, or, where the file gives none, by name.
  func person(_ wanted: FilePerson) -> Value? {
    guard let email = wanted.email else { return persons(named: wanted.name).first }
    return persons.first { $0["email"]?.text?.lowercased() == email }
  }

  /// A name means those who are there, and only without any of them those who have left.
  func persons(named name: String) -> [Value] {
    let found = persons.filter { $0["name"]?.text == name }
    let there = found.filter { $0["leftAt"]?.isNull ?? true }
    return there.isEmpty ? found : there
  }

  /// What of it has an id.
  var ids: [FileThing: Value] {
    var ids: [FileThing: Value] = [.customer: customer?["id"] ?? .null, .contract: contract?["id"] ?? .null]
    for (path, unit) in units { ids[.unit(path)] = unit["id"] }
    for person in persons where person["leftAt"]?.isNull == false { ids[.person(person.personKey)] = person["id"] }
    for person in persons where person["leftAt"]?.isNull ?? true { ids[.person(person.personKey)] = person["id"] }
    for (name, calendar) in calendars { ids[.calendar(name)] = calendar["id"] }
    for (name, set) in holidaySets { ids[.holidaySet(name)] = set["id"] }
    for (name, sla) in slas { ids[.sla(name)] = sla["id"] }
    for line in lines { ids[.line(line["name"]?.text ?? "")] = line["id"] }
    for (name, team) in teams { ids[.team(name)] = team["id"] }
    for (name, service) in supplierServices { ids[.supplierService(name)] = service["id"] }
    for (name, contract) in underpinningContracts { ids[.underpinningContract(name)] = contract["id"] }
    for (code, service) in services { ids[.service(code)] = service["id"] }
    for (code, offering) in offerings { ids[.offering(code)] = offering["id"] }
    return ids
  }
}
