import Contracts
import Kernel
import Operations
import Postgres
import Tenancy

/// Finds the customer that a profile names, or makes it.
struct CustomerSetup: Sendable {
  let dispatcher: Dispatcher
  let principal: Principal
  let customer: ImportProfile.Customer
  let requestId: String

  /// Nil when there is none and none is to be made.
  func run(creating: Bool) async throws -> (tenant: TenantEntry, isNew: Bool)? {
    if let found = try await dispatcher.tenancy.tenant(code: customer.code) {
      guard found.kind == .customer else { throw Failure(.conflict, ImportingMessages.notACustomer, ["code": found.code]) }
      return (found, false)
    }
    guard creating else { return nil }
    let input: Value = .object([
      "code": .text(customer.code), "name": .text(customer.name), "zone": .text(customer.zone), "language": .text(customer.language.rawValue),
    ])
    let made = try await dispatcher.invoke("customer.create", input, as: principal, Call(requestId: requestId)).value
    guard let id = made["id"]?.text.flatMap({ PublicId($0) }), let tenant = try await dispatcher.tenancy.tenant(id.handle) else { throw missing }
    return (tenant, true)
  }

  var missing: Failure { Failure(.notFound, ImportingMessages.missing, ["kind": "customer", "name": customer.code]) }
}

/// Finds what a profile names (customer, calendar, SLA, contract), or makes it through the operations that anyone would
/// use. What is there already is taken as it is: the promise is the one in the database.
struct ContractSetup: Sendable {
  let dispatcher: Dispatcher
  let principal: Principal
  let customer: ImportProfile.Customer
  let agreement: ImportProfile.Agreement
  let requestId: String

  struct Found: Sendable {
    let tenant: TenantEntry
    /// The public id of the contract line.
    let line: PublicId
    var created: [String]
  }

  /// - Parameter firstOpenedAt: when the first ticket was opened; a contract that is made begins with that day.
  func run(creating: Bool, firstOpenedAt: Instant) async throws -> Found {
    let setup = CustomerSetup(dispatcher: dispatcher, principal: principal, customer: customer, requestId: requestId)
    guard let (tenant, isNew) = try await setup.run(creating: creating) else { throw setup.missing }
    var created = isNew ? ["customer"] : []
    if let line = try await findLine(of: tenant) { return Found(tenant: tenant, line: line, created: created) }
    try require(creating, "contract", agreement.contract.name)

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
      throw Failure(.notFound, ImportingMessages.missing, ["kind": "contract", "name": agreement.contract.name])
    }
    return Found(tenant: tenant, line: line, created: created)
  }

  private func require(_ creating: Bool, _ kind: String, _ name: String) throws(Failure) {
    guard creating else { throw Failure(.notFound, ImportingMessages.missing, ["kind": kind, "name": name]) }
  }

  // MARK: Finding

  private func findLine(of tenant: TenantEntry) async throws -> PublicId? {
    let contracts = try await list("contract.list", [("customer", .id(tenant.publicId))])
    guard let contract = contracts.first(where: { $0["name"]?.text == agreement.contract.name }), let id = contract["id"] else { return nil }
    let lines = try await list("contract_line.list", [("contract", id)])
    guard let line = lines.first(where: { $0["name"]?.text == agreement.contract.line }), let lineId = line["id"]?.text.flatMap({ PublicId($0) }) else {
      throw Failure(.notFound, ImportingMessages.missing, ["kind": "contract line", "name": agreement.contract.line])
    }
    return lineId
  }

  private func namedDefinitions() async throws -> (calendar: [UInt8]?, sla: [UInt8]?) {
    try await dispatcher.tenancy.transaction(binding: [principal.tenant], side: .staff, readOnly: true) { transaction in
      let (calendars, slas) = try await transaction.query(CalendarByName(name: agreement.calendar.name), SLAByName(name: agreement.sla.name))
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

  private func makeCalendar() async throws -> PublicId? {
    let made = try await call("calendar.create", .object(["name": .text(agreement.calendar.name), "definition": agreement.calendar.definition.value]))
    return made["id"]?.text.flatMap { PublicId($0) }
  }

  private func makeSLA(calendar: PublicId?) async throws -> PublicId? {
    let sla = agreement.sla
    let targets = sla.budgets.keys.sorted().map { priority -> Value in
      var members = [
        Value.Member("metric", .text("resolution")), Value.Member("priority", .integer(priority)),
        Value.Member("budgetSeconds", .integer(sla.budgets[priority])), Value.Member("calendar", .id(calendar)), Value.Member("pauses", .bool(sla.pauses)),
      ]
      if let objective = sla.objective { members.append(Value.Member("objective", .decimal(objective.percent))) }
      return .object(members)
    }
    let made = try await call(
      "sla.create",
      .object([
        "name": .text(sla.name), "resolutionStopsAt": .text(sla.stopsAt.rawValue), "supplierWaitsPause": .bool(sla.waits.supplierPauses),
        "providerWaitsPause": .bool(sla.waits.providerPauses), "targets": .array(targets),
      ]))
    return made["id"]?.text.flatMap { PublicId($0) }
  }

  private func makeContract(for tenant: TenantEntry, sla: PublicId?, from firstOpenedAt: Instant) async throws {
    let day = firstOpenedAt.seconds.flooredQuotient(by: 86_400)
    let line: Value = .object(["name": .text(agreement.contract.line), "sla": .id(sla)])
    _ = try await call(
      "contract.create",
      .object([
        "customer": .id(tenant.publicId), "name": .text(agreement.contract.name), "currency": .text(agreement.contract.currency),
        "zone": .text(customer.zone), "startsAt": .instant(Instant(seconds: day * 86_400)), "lines": .array([line]),
      ]))
  }
}
