import Kernel
import Operations
import Renewals

package enum ChangeContract: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    package let event: ContractState.Event?
    let name: Change<String>
    let currency: Change<String>
    let zone: Change<String>
    let startsAt: Change<Instant>
    let endsAt: Change<Instant>
    let renewal: RenewalChange
    let validFrom: Instant?

    private static let id = Field.id("id", .contract, "The contract.", "合同编号。")
    private static let event = Field.oneOf(
      "event", ["activate", "suspend", "resume", "end"], "What happens to it.", "对合同执行的操作：activate 生效、suspend 暂停、resume 恢复、end 终止。"
    ).optional

    package static let fields: [any InputField] =
      [
        id, event, CreateContract.Input.name.change, CreateContract.Input.currency.change, CreateContract.Input.zone.change,
        CreateContract.Input.startsAt.change, CreateContract.Input.endsAt.clearable,
      ] + RenewalChange.fields + [ContractsFields.validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      event = try values[Self.event].flatMap(ContractState.Event.init(rawValue:))
      name = try values[CreateContract.Input.name.change]
      currency = try values[CreateContract.Input.currency.change]
      zone = try values[CreateContract.Input.zone.change]
      startsAt = try values[CreateContract.Input.startsAt.change]
      endsAt = try values[CreateContract.Input.endsAt.clearable]
      renewal = try RenewalChange(values)
      validFrom = try values[ContractsFields.validFrom]
    }

    var amends: Bool { !(name.isKeep && currency.isKeep && zone.isKeep && startsAt.isKeep && endsAt.isKeep && renewal.isKeep) }
  }

  package static let declaration = Declaration(
    "contract.change", "Change a contract's state, name, term or renewal: a new version.", zh: "变更合同的状态、名称、期限或续约：产生新版本。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ContractOutput {
    let tenant = context.tenant.id
    guard let newest = try await context.transaction.first(ContractAt(tenant: tenant, publicId: input.id, at: nil)) else { throw Failure.notFound }
    try context.requireVersion(newest.version)
    guard input.amends || input.event != nil else { throw Failure(.invalid, ContractsMessages.nothingToChange) }

    var state = newest.state
    if input.amends { state = try ContractRule.state(state, after: .amend) }
    if let event = input.event { state = try ContractRule.state(state, after: event) }
    let currency = input.currency.applied(to: newest.currency)
    let zone = input.zone.applied(to: newest.zone)
    if newest.state != .draft, currency != newest.currency || zone != newest.zone { throw Failure(.conflict, ContractsMessages.fixedAfterDraft) }
    _ = try ContractRule.currency(currency)
    _ = try ContractRule.zone(zone)
    let content = ContractContent(
      name: input.name.applied(to: newest.name), state: state, startsAt: input.startsAt.applied(to: newest.startsAt),
      endsAt: input.endsAt.applied(to: newest.endsAt), renewal: input.renewal.applied(to: newest.renewal))
    try ContractRule.requireTerm(from: content.startsAt, to: content.endsAt)
    if input.amends { try content.renewal.require(endsAt: content.endsAt) }
    let validFrom =
      input.validFrom ?? ContractRule.validFrom(input.event, startsAt: content.startsAt, newest: newest.validFrom, now: context.now)
    try CalendarRule.requireLater(validFrom, than: newest.validFrom, now: context.now, "contract.withdraw")
    try await context.amend(newest, to: content, currency: currency, zone: zone, validFrom: validFrom, event: input.event?.rawValue)
    context.subject(input.id)
    return try await context.contractOutput(input.id, at: validFrom)
  }
}

extension OperationContext {
  /// Adds a version behind the newest one.
  func amend(
    _ newest: ContractRow, to content: ContractContent, currency: String? = nil, zone: String? = nil, validFrom: Instant, event: String?
  ) async throws {
    let advanced = try await transaction.first(
      AdvanceContract(
        tenant: tenant.id, id: newest.id, version: newest.version, currency: currency ?? newest.currency, zone: zone ?? newest.zone, now: now))
    guard let version = advanced else { throw beaten }
    transaction.enqueue(
      InsertContractVersion(tenant: tenant.id, contract: newest.id, seq: version, validFrom: validFrom, content: content, now: now))
    // The contract was advanced, so that the sweep looks at it.
    try await renewalKeeping.supersedeRenewed(of: .customer(newest.id), endsAt: content.endsAt)
    record(
      Event(
        subjectKind: "contract", subject: newest.id, seq: version, type: "contract.changed",
        payload: .object([
          "contract": .id(id(.contract, newest.publicId)), "state": .text(content.state.rawValue), "event": .text(event),
          "validFrom": .instant(validFrom),
        ]), occurredAt: now))
  }
}
