import Kernel
import Operations

package enum ApproveCredit: Operation {
  package typealias Input = ReadCredit.Input

  package static let declaration = Declaration(
    "credit.approve", "Approve a credit; above the limit of its currency a second person must as well.", zh: "批准补偿；超过该货币的限额时须由第二人再次批准。",
    permission: "credit.decide", roles: CreditRights.money, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditOutput {
    let tenant = context.tenant.id
    let row = try await context.creditRow(input.id)
    try context.requireVersion(row.version)
    let (decisions, limits) = try await context.transaction.query(
      DecisionsOfProposals(tenant: tenant, proposals: [row.id]), ApprovalLimitAt(currency: row.currency, at: context.now))
    guard let currency = Currency(code: row.currency) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a credit's currency is unknown")
    }
    let event = try ApprovalRule.approval(
      of: Money(minorUnits: row.amount, currency: currency), limit: limits.first?.minorUnits.map { Money(minorUnits: $0, currency: currency) },
      state: row.state, approvers: decisions.filter { $0.event == .firstApproval }.map(\.approver), by: context.actor, person: context.principal.person)
    let state = try ApprovalRule.state(row.state, after: event)
    let granted = try await context.transaction.first(
      GrantedProposal(tenant: tenant, line: row.lineId, schedule: row.scheduleId, from: row.periodFrom, to: row.periodTo))
    // What is to be credited is told as the difference to what was granted: against another amount it would be wrong.
    guard granted?.amount ?? 0 == row.granted else {
      let now = Money(minorUnits: granted?.amount ?? 0, currency: currency)
      throw Failure(
        .conflict, CreditsMessages.grantedMeanwhile,
        ["now": now.description, "then": Money(minorUnits: row.granted, currency: currency).description])
    }
    if state == .approved, let granted {
      try await context.advance(granted.id, granted.version, to: .superseded, by: .supersession, reason: nil)
    }
    try await context.advance(row.id, row.version, to: state, by: event, reason: nil)
    context.subject(input.id)
    return try await context.creditOutput(input.id)
  }
}

package enum RefuseCredit: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    private static let reason = Field.longText("reason", 1...2000, "Why it is not granted.", "不予补偿的理由。")

    package static let fields: [any InputField] = [CreditFields.id, reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CreditFields.id]
      reason = try values[Self.reason]
    }
  }

  package static let declaration = Declaration(
    "credit.refuse", "Refuse a credit, with the reason.", zh: "拒绝补偿并说明理由。", permission: "credit.decide", roles: CreditRights.money,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditOutput {
    let row = try await context.creditRow(input.id)
    try context.requireVersion(row.version)
    try ApprovalRule.requirePerson(context.actor)
    let state = try ApprovalRule.state(row.state, after: .refusal)
    try await context.advance(row.id, row.version, to: state, by: .refusal, reason: input.reason)
    context.subject(input.id)
    return try await context.creditOutput(input.id)
  }
}
