import Contracts
import Kernel
import Operations
import Postgres
import Tenancy

/// Finds what a profile names (customer, calendar, SLA, contract), or makes it through the operations that anyone would
/// use. What is there already is taken as it is: the promise is the one in the database.
struct ContractSetup: Sendable {
  let dispatcher: Dispatcher
  let principal: Principal
  let profile: ImportProfile
  let requestId: String

  struct Found: Sendable {
    let tenant: TenantEntry
    /// The public id of the contract line.
    let line: PublicId
    var created: [String]
  }

  /// - Parameter firstOpenedAt: when the first ticket was opened; a contract that is made begins with that day.
  func run(creating: Bool, firstOpenedAt: Instant) async throws -> Found {
    var created: [String] = []
    let tenant: TenantEntry
    if let found = try await dispatcher.tenancy.tenant(code: profile.customer.code) {
      tenant = found
    } else {
      try require(creating, "customer", profile.customer.code)
      tenant = try await makeCustomer()
      created.append("customer")
    }
    guard tenant.kind == .customer else { throw Failure(.conflict, ImportingMessages.notACustomer, ["code": tenant.code]) }
    if let line = try await findLine(of: tenant) { return Found(tenant: tenant, line: line, created: created) }
    try require(creating, "contract", profile.contract.name)

    let (calendarBits, slaBits) = try await namedDefinitions()
    let provider = try await dispatcher.tenancy.provider()
    var sla = slaBits.flatMap { bits in provider?.id(IdKind.sla.prefix, bits) }
    if sla == nil {
      var calendar = calendarBits.flatMap { bits in provider?.id(IdKind.calendar.prefix, bits) }
      if calendar == nil {
        calendar = try await makeCalendar()
        created.append("calendar")
      }
      sla = try await makeSLA(calendar: calendar)
      created.append("sla")
    }
    try await makeContract(for: tenant, sla: sla, from: firstOpenedAt)
    created.append("contract")
    guard let line = try await findLine(of: tenant) else {
      throw Failure(.notFound, ImportingMessages.missing, ["kind": "contract", "name": profile.contract.name])
    }
    return Found(tenant: tenant, line: line, created: created)
  }

  private func require(_ creating: Bool, _ kind: String, _ name: String) throws(Failure) {
    guard creating else { throw Failure(.notFound, ImportingMessages.missing, ["kind": kind, "name": name]) }
  }

  // MARK: Finding

  private func findLine(of tenant: TenantEntry) async throws -> PublicId? {
    let contracts = try await list("contract.list", [("customer", .id(tenant.publicId))])
    guard let contract = contracts.first(where: { $0["name"]?.text == profile.contract.name }), let id = contract["id"] else { return nil }
    let lines = try await list("contract_line.list", [("contract", id)])
    guard let line = lines.first(where: { $0["name"]?.text == profile.contract.line }), let lineId = line["id"]?.text.flatMap({ PublicId($0) }) else {
      throw Failure(.notFound, ImportingMessages.missing, ["kind": "contract line", "name": profile.contract.line])
    }
    return lineId
  }

  private func namedDefinitions() async throws -> (calendar: [UInt8]?, sla: [UInt8]?) {
    try await dispatcher.tenancy.transaction(binding: [principal.tenant], side: .staff, readOnly: true) { transaction in
      let (calendars, slas) = try await transaction.query(CalendarByName(name: profile.calendar.name), SLAByName(name: profile.sla.name))
      return (calendars.first, slas.first)
    }
  }

  private func list(_ operation: String, _ input: [(String, Value)]) async throws -> [Value] {
    var items: [Value] = []
    var cursor: Value = .null
    repeat {
      let members = (input + [("limit", .integer(200)), ("cursor", cursor)]).map { Value.Member($0.0, $0.1) }
      let page = try await call(operation, .object(members))
      items += page["items"]?.array ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    return items
  }

  private func call(_ operation: String, _ input: Value) async throws -> Value {
    try await dispatcher.invoke(operation, input, as: principal, Call(requestId: requestId)).value
  }

  // MARK: Making

  private func makeCustomer() async throws -> TenantEntry {
    let customer = profile.customer
    let made = try await call(
      "customer.create",
      .object([
        "code": .text(customer.code), "name": .text(customer.name), "zone": .text(customer.zone), "language": .text(customer.language.rawValue),
      ]))
    guard let id = made["id"]?.text.flatMap({ PublicId($0) }), let tenant = try await dispatcher.tenancy.tenant(id.handle) else {
      throw Failure(.notFound, ImportingMessages.missing, ["kind": "customer", "name": customer.code])
    }
    return tenant
  }

  private func makeCalendar() async throws -> PublicId? {
    let made = try await call("calendar.create", .object(["name": .text(profile.calendar.name), "definition": profile.calendar.definition.value]))
    return made["id"]?.text.flatMap { PublicId($0) }
  }

  private func makeSLA(calendar: PublicId?) async throws -> PublicId? {
    let sla = profile.sla
    let targets = sla.budgets.keys.sorted().map { priority -> Value in
      var members = [
        Value.Member("metric", .text("resolution")), Value.Member("priority", .integer(priority)),
        Value.Member("budgetSeconds", .integer(sla.budgets[priority])), Value.Member("calendar", .id(calendar)), Value.Member("pauses", .bool(sla.pauses)),
      ]
      if let objective = sla.objective { members.append(Value.Member("objective", .decimal(objective.percent))) }
      return .object(members)
    }
    let made = try await call(
      "sla.create", .object(["name": .text(sla.name), "resolutionStopsAt": .text(sla.stopsAt.rawValue), "targets": .array(targets)]))
    return made["id"]?.text.flatMap { PublicId($0) }
  }

  private func makeContract(for tenant: TenantEntry, sla: PublicId?, from firstOpenedAt: Instant) async throws {
    let day = firstOpenedAt.seconds.flooredQuotient(by: 86_400)
    let line: Value = .object(["name": .text(profile.contract.line), "sla": .id(sla)])
    _ = try await call(
      "contract.create",
      .object([
        "customer": .id(tenant.publicId), "name": .text(profile.contract.name), "currency": .text(profile.contract.currency),
        "zone": .text(profile.customer.zone), "startsAt": .instant(Instant(seconds: day * 86_400)), "lines": .array([line]),
      ]))
  }
}
