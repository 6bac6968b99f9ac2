import Kernel
import Operations

package enum ReviseContractLine: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let sla: Change<PublicId>
    let unit: Change<PublicId>
    let units: Change<[PublicId]>
    let persons: Change<[PublicId]>
    let onlyCoveredCis: Change<Bool>
    let quantity: Change<Int64>
    let quantityUnit: Change<String>
    let exclusionsEn: Change<String>
    let exclusionsZh: Change<String>
    let priceReference: Change<String>
    let monthlyFee: Change<String>
    let service: Change<PublicId>
    let offering: Change<PublicId>
    let validFrom: Instant?

    static let id = Field.id("id", .contractLine, "The line.", "合同行编号。")

    package static let fields: [any InputField] = [
      id, LineInput.name.change, LineInput.sla.change, LineInput.unit.clearable, LineInput.units.clearable, LineInput.persons.clearable,
      LineInput.onlyCoveredCis.change,
      LineInput.quantity.clearable, LineInput.quantityUnit.clearable, LineInput.exclusionsEn.clearable, LineInput.exclusionsZh.clearable,
      LineInput.priceReference.clearable, LineInput.monthlyFee.clearable, LineInput.service.clearable, LineInput.offering.clearable,
      ContractsFields.validFrom,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      name = try values[LineInput.name.change]
      sla = try values[LineInput.sla.change]
      unit = try values[LineInput.unit.clearable]
      units = try values[LineInput.units.clearable]
      persons = try values[LineInput.persons.clearable]
      onlyCoveredCis = try values[LineInput.onlyCoveredCis.change]
      quantity = try values[LineInput.quantity.clearable]
      quantityUnit = try values[LineInput.quantityUnit.clearable]
      exclusionsEn = try values[LineInput.exclusionsEn.clearable]
      exclusionsZh = try values[LineInput.exclusionsZh.clearable]
      priceReference = try values[LineInput.priceReference.clearable]
      monthlyFee = try values[LineInput.monthlyFee.clearable]
      service = try values[LineInput.service.clearable]
      offering = try values[LineInput.offering.clearable]
      validFrom = try values[ContractsFields.validFrom]
    }

    fileprivate var changesNothing: Bool {
      name.isKeep && sla.isKeep && unit.isKeep && units.isKeep && persons.isKeep && onlyCoveredCis.isKeep && quantity.isKeep && quantityUnit.isKeep
        && exclusionsEn.isKeep
        && exclusionsZh.isKeep && priceReference.isKeep && monthlyFee.isKeep && service.isKeep
        && offering.isKeep
    }

    /// The units that the line is then for; nil: as before.
    fileprivate var newUnits: [LineReferences.Named]? {
      unit.isKeep && units.isKeep ? nil : LineReferences.units(unit.applied(to: nil), units.applied(to: nil))
    }

    fileprivate var newPersons: [LineReferences.Named]? { persons.isKeep ? nil : LineReferences.persons(persons.applied(to: nil)) }
  }

  package static let declaration = Declaration(
    "contract_line.revise", "Give a contract line a new version; tickets keep the one that they are judged under.", zh: "为合同行增加新版本；已有工单沿用原版本。",
    permission: "contract.manage", roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineOutput {
    let row = try await context.newestLine(input.id)
    guard !input.changesNothing else { throw Failure(.invalid, ContractsMessages.nothingToChange) }
    let content = try await content(of: row, after: input, in: context)
    guard row.state == .draft else {
      return try await context.advance(row, input.id, content, state: .active, validFrom: input.validFrom, event: "contract_line.revised")
    }
    guard input.validFrom == nil else { throw Failure.invalid("validFrom", ContractsMessages.draftLineBegins) }
    // The versions of a draft hold for nobody: they follow one another before all that could count.
    let next = Instant(microseconds: row.validFrom.microseconds + 1)
    return try await context.advance(row, input.id, content, state: .draft, validFrom: next, event: "contract_line.revised")
  }

  private static func content(of row: LineRow, after input: Input, in context: OperationContext) async throws -> LineContent {
    let currency = try ContractRule.currency(row.currency)
    let sla: PublicId? = input.sla.applied(to: nil)
    let units = input.newUnits
    let persons = input.newPersons
    let known = try await context.lineReferences(slas: sla.map { [$0] } ?? [], units: units ?? [], persons: persons ?? [])
    var content = row.content
    content.name = input.name.applied(to: content.name)
    if let sla { content.sla = try known.sla(sla, under: "") }
    if let units { content.units = try known.units(units, under: "") }
    if let persons { content.persons = try known.persons(persons, under: "") }
    content.onlyCoveredCis = input.onlyCoveredCis.applied(to: content.onlyCoveredCis)
    content.quantity = try ContractRule.quantity(
      input.quantity.applied(to: content.quantity?.count), input.quantityUnit.applied(to: content.quantity?.unit), path: "")
    content.exclusions = LocalText(
      english: input.exclusionsEn.applied(to: content.exclusions.english), chinese: input.exclusionsZh.applied(to: content.exclusions.chinese))
    content.priceReference = input.priceReference.applied(to: content.priceReference)
    switch input.monthlyFee {
    case .keep: break
    case .clear: content.monthlyFee = nil
    case .set(let text): content.monthlyFee = try ContractRule.fee(text, currency, path: "monthlyFee")
    }
    try await sell(input, &content, from: max(input.validFrom ?? context.now, row.contractStartsAt), in: context)
    return content
  }

  /// A service takes the place of an offering, and the other way round.
  private static func sell(_ input: Input, _ content: inout LineContent, from start: Instant, in context: OperationContext) async throws {
    let (service, offering): (PublicId?, PublicId?) = (input.service.applied(to: nil), input.offering.applied(to: nil))
    let known = try await context.sellable(services: service.map { [$0] } ?? [], offerings: offering.map { [$0] } ?? [], from: start)
    if !input.service.isKeep { content.service = try known.service(service, under: "", held: content.service) }
    if !input.offering.isKeep { content.offering = try known.offering(offering, besides: service, under: "", held: content.offering) }
    if service != nil { content.offering = nil }
    if offering != nil { content.service = nil }
  }
}

/// A line that was prepared begins to promise.
package enum ActivateContractLine: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let validFrom: Instant?

    private static let validFrom = Field.instant(
      "validFrom", "From when the line counts (default: now).", "合同行自何时起计（默认当前时刻）。"
    ).optional

    package static let fields: [any InputField] = [ReviseContractLine.Input.id, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReviseContractLine.Input.id]
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "contract_line.activate", "Let a line that was prepared as a draft promise from an instant on.", zh: "使草稿合同行自某一时刻起生效。",
    permission: "contract.manage", roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineOutput {
    let row = try await context.newestLine(input.id)
    guard row.state == .draft else { throw Failure(.conflict, ContractsMessages.lineNotDraft) }
    let contract = try await context.transaction.first(
      ContractAt(tenant: context.tenant.id, publicId: context.id(.contract, row.contract), at: nil))
    guard let contract, contract.state != .ended else { throw Failure(.conflict, ContractsMessages.contractOver) }
    return try await context.advance(row, input.id, row.content, state: .active, validFrom: input.validFrom, event: "contract_line.activated")
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
    return try await context.advance(row, input.id, row.content, state: .ended, validFrom: input.validFrom, event: "contract_line.ended")
  }
}

extension OperationContext {
  /// The newest version of a line that is to change.
  func newestLine(_ id: PublicId) async throws -> LineRow {
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
    try CalendarRule.requireLater(validFrom, than: row.validFrom, now: now, "contract_line.withdraw")
    let contract = try await transaction.first(
      ContractAt(tenant: tenant.id, publicId: self.id(.contract, row.contract), at: state == .draft ? nil : validFrom))
    guard contract?.state != .ended else { throw Failure(.conflict, ContractsMessages.contractOver) }
    guard let version = try await transaction.first(AdvanceLine(tenant: tenant.id, id: row.id, version: row.version)) else { throw beaten }
    try await insertLineVersion(content, line: row.id, seq: version, validFrom: validFrom, state: state)
    subject(id)
    record(
      Event(
        subjectKind: "contract_line", subject: row.id, seq: version, type: event,
        payload: .object(["line": .id(id), "state": .text(state.rawValue), "validFrom": .instant(validFrom)]), occurredAt: now))
    return try await lineOutput(id, at: state == .draft ? now : validFrom)
  }
}
