import Kernel
import Operations

package enum ReviseContractLine: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let sla: Change<PublicId>
    let unit: Change<PublicId>
    let monthlyFee: Change<String>
    let validFrom: Instant?

    static let id = Field.id("id", .contractLine, "The line.", "合同行编号。")

    package static let fields: [any InputField] = [
      id, LineInput.name.change, LineInput.sla.change, LineInput.unit.clearable, LineInput.monthlyFee.clearable, ContractsFields.validFrom,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      name = try values[LineInput.name.change]
      sla = try values[LineInput.sla.change]
      unit = try values[LineInput.unit.clearable]
      monthlyFee = try values[LineInput.monthlyFee.clearable]
      validFrom = try values[ContractsFields.validFrom]
    }
  }

  package static let declaration = Declaration(
    "contract_line.revise", "Give a contract line a new version; tickets keep the one that they are judged under.", zh: "为合同行增加新版本；已有工单沿用原版本。",
    permission: "contract.manage", roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineOutput {
    let row = try await context.newestLine(input.id)
    guard !(input.name.isKeep && input.sla.isKeep && input.unit.isKeep && input.monthlyFee.isKeep) else {
      throw Failure(.invalid, ContractsMessages.nothingToChange)
    }
    let currency = try ContractRule.currency(row.currency)
    var sla = row.slaId
    if case .set(let wanted) = input.sla {
      guard let found = try await context.transaction.first(SlasOfIds(publicIds: [wanted], tenant: context.tenant.id)) else {
        throw context.unknownReference("sla")
      }
      sla = found.id
    }
    var unit = row.unitId
    switch input.unit {
    case .keep: break
    case .clear: unit = nil
    case .set(let wanted):
      guard let found = try await context.transaction.first(UnitsOfIds(tenant: context.tenant.id, publicIds: [wanted])) else {
        throw context.unknownReference("unit")
      }
      unit = found.id
    }
    var fee = row.monthlyFee
    switch input.monthlyFee {
    case .keep: break
    case .clear: fee = nil
    case .set(let text): fee = try ContractRule.fee(text, currency, path: "monthlyFee")
    }
    let content = LineContent(name: input.name.applied(to: row.name), sla: sla, unit: unit, monthlyFee: fee)
    return try await context.advance(row, input.id, content, state: .active, validFrom: input.validFrom, event: "contract_line.revised")
  }
}

package enum EndContractLine: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let validFrom: Instant?

    private static let validFrom = Field.instant(
      "validFrom", "The first instant at which the line no longer counts (default: now).", "合同行自何时起不再计（默认当前时刻）。"
    ).optional

    package static let fields: [any InputField] = [ReviseContractLine.Input.id, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReviseContractLine.Input.id]
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "contract_line.end", "End a contract line; what was judged under it stays.", zh: "终止合同行；已判定的结果保留。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineOutput {
    let row = try await context.newestLine(input.id)
    let content = LineContent(name: row.name, sla: row.slaId, unit: row.unitId, monthlyFee: row.monthlyFee)
    return try await context.advance(row, input.id, content, state: .ended, validFrom: input.validFrom, event: "contract_line.ended")
  }
}

extension OperationContext {
  /// The newest version of a line that is to change.
  fileprivate func newestLine(_ id: PublicId) async throws -> LineRow {
    guard let row = try await transaction.first(LineAt(tenant: tenant.id, publicId: id, at: nil)) else { throw Failure.notFound }
    try requireVersion(row.version)
    guard row.state != .ended else { throw Failure(.conflict, ContractsMessages.lineOver) }
    return row
  }

  /// Adds a version behind the newest one.
  fileprivate func advance(
    _ row: LineRow, _ id: PublicId, _ content: LineContent, state: LineState, validFrom: Instant?, event: String
  ) async throws -> LineOutput {
    let validFrom = validFrom ?? now
    try CalendarRule.requireLater(validFrom, than: row.validFrom)
    guard let version = try await transaction.first(AdvanceLine(tenant: tenant.id, id: row.id, version: row.version)) else { throw changedMeanwhile }
    transaction.enqueue(content.version(tenant: tenant.id, line: row.id, validFrom: validFrom, state: state, now: now))
    subject(id)
    record(
      Event(
        subjectKind: "contract_line", subject: row.id, seq: version, type: event,
        payload: .object(["line": .id(id), "state": .text(state.rawValue), "validFrom": .instant(validFrom)]), occurredAt: now))
    return try await lineOutput(id, at: validFrom)
  }
}
