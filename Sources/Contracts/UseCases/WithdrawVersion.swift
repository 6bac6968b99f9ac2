import Kernel
import Operations
import Tenancy

/// What a withdrawal is told.
enum WithdrawalFields {
  static let reason = Field.text("reason", 1...500, "Why.", "原因。")
}

/// Takes back a contract's newest version before it holds. The row stays, and another says that it was withdrawn; what
/// was agreed before it holds on.
package enum WithdrawContractVersion: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    private static let id = Field.id("id", .contract, "The contract.", "合同编号。")

    package static let fields: [any InputField] = [id, WithdrawalFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      reason = try values[WithdrawalFields.reason]
    }
  }

  package static let declaration = Declaration(
    "contract.withdraw", "Withdraw a contract's newest version, which does not hold yet.", zh: "撤回合同尚未生效的最新版本。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let tenant = context.tenant.id
    guard let newest = try await context.transaction.first(ContractAt(tenant: tenant, publicId: input.id, at: nil)) else { throw Failure.notFound }
    try context.requireVersion(newest.version)
    try CalendarRule.requireNotBegun(newest.validFrom, now: context.now)
    let advanced = try await context.transaction.first(
      AdvanceContract(
        tenant: tenant, id: newest.id, version: newest.version, currency: newest.currency, zone: newest.zone, now: context.now))
    guard let version = advanced else { throw context.beaten }
    try context.requireStillNotBegun(newest.validFrom)
    context.transaction.enqueue(
      WithdrawContractRow(tenant: tenant, contract: newest.id, version: newest.versionId, reason: input.reason, now: context.now))
    guard let standing = try await context.transaction.first(NewestVersion(tenant: tenant, contract: newest.id)) else { throw Failure.notFound }
    try await context.renewalKeeping.supersedeRenewed(of: .customer(newest.id), endsAt: standing.contract.endsAt)
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "contract", subject: newest.id, seq: version, type: "contract.withdrawn",
        payload: .object(["contract": .id(input.id), "validFrom": .instant(newest.validFrom)]), occurredAt: context.now))
    return Done(id: input.id, version: version)
  }
}

/// The same of a calendar. Clocks follow a version only once it holds, so none has to turn back.
package enum WithdrawCalendarVersion: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    private static let id = Field.id("id", .calendar, "The calendar.", "日历编号。")

    package static let fields: [any InputField] = [id, WithdrawalFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      reason = try values[WithdrawalFields.reason]
    }
  }

  package static let declaration = Declaration(
    "calendar.withdraw", "Withdraw a calendar's newest version, which does not hold yet.", zh: "撤回日历尚未生效的最新版本。", permission: "calendar.manage",
    roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    guard let head = try await context.transaction.first(CalendarHead(publicId: input.id, customers: context.reachableCustomers)) else {
      throw Failure.notFound
    }
    try context.requireVersion(head.version)
    try CalendarRule.requireNotBegun(head.newestValidFrom, now: context.now)
    guard let version = try await context.transaction.first(AdvanceCalendar(id: head.id, version: head.version, name: head.name)) else {
      throw context.beaten
    }
    try context.requireStillNotBegun(head.newestValidFrom)
    context.transaction.enqueue(
      WithdrawCalendarRow(
        version: head.newestVersion, reason: input.reason, published: head.published, onlyTenant: head.onlyTenant, now: context.now))
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "calendar", subject: head.id, seq: version, type: "calendar.withdrawn",
        payload: .object(["calendar": .id(input.id), "validFrom": .instant(head.newestValidFrom)]), occurredAt: context.now))
    return Done(id: input.id, version: version)
  }
}

/// The same of an SLA or OLA. Tickets are judged by a version only once it holds, so none has to be judged anew.
package enum WithdrawSlaVersion: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    package static let fields: [any InputField] = [RetireSla.Input.id, WithdrawalFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RetireSla.Input.id]
      reason = try values[WithdrawalFields.reason]
    }
  }

  package static let declaration = Declaration(
    "sla.withdraw", "Withdraw an SLA's newest version, which does not hold yet.", zh: "撤回 SLA 尚未生效的最新版本。", permission: "sla.manage",
    roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    guard let head = try await context.transaction.first(SlaHead(publicId: input.id, customers: context.reachableCustomers)) else {
      throw Failure.notFound
    }
    try context.requireVersion(head.version)
    try CalendarRule.requireNotBegun(head.newestValidFrom, now: context.now)
    guard let version = try await context.transaction.first(AdvanceSla(id: head.id, version: head.version, name: head.name)) else {
      throw context.beaten
    }
    try context.requireStillNotBegun(head.newestValidFrom)
    context.transaction.enqueue(
      WithdrawSlaRow(version: head.newestVersion, reason: input.reason, onlyTenant: head.onlyTenant, now: context.now))
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "sla", subject: head.id, seq: version, type: "sla.withdrawn",
        payload: .object(["sla": .id(input.id), "validFrom": .instant(head.newestValidFrom)]), occurredAt: context.now))
    return Done(id: input.id, version: version)
  }
}

/// The same of a line. A line whose first version is withdrawn never holds.
package enum WithdrawLineVersion: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    package static let fields: [any InputField] = [ReviseContractLine.Input.id, WithdrawalFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReviseContractLine.Input.id]
      reason = try values[WithdrawalFields.reason]
    }
  }

  package static let declaration = Declaration(
    "contract_line.withdraw", "Withdraw a line's newest version, which does not hold yet.", zh: "撤回合同行尚未生效的最新版本。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let tenant = context.tenant.id
    guard let newest = try await context.transaction.first(LineAt(tenant: tenant, publicId: input.id, at: nil)) else { throw Failure.notFound }
    try context.requireVersion(newest.version)
    try CalendarRule.requireNotBegun(newest.validFrom, now: context.now)
    guard let version = try await context.transaction.first(AdvanceLine(tenant: tenant, id: newest.id, version: newest.version)) else {
      throw context.beaten
    }
    try context.requireStillNotBegun(newest.validFrom)
    context.transaction.enqueue(
      WithdrawLineRow(tenant: tenant, line: newest.id, version: newest.versionId, reason: input.reason, now: context.now))
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "contract_line", subject: newest.id, seq: version, type: "contract_line.withdrawn",
        payload: .object(["line": .id(input.id), "validFrom": .instant(newest.validFrom)]), occurredAt: context.now))
    return Done(id: input.id, version: version)
  }
}

extension OperationContext {
  /// Once more, after the wait for whoever changed the same before: the version may have begun meanwhile, and be judged by.
  fileprivate func requireStillNotBegun(_ validFrom: Instant) throws(Failure) {
    try CalendarRule.requireNotBegun(validFrom, now: max(now, tenancy.clock.now()))
  }
}
