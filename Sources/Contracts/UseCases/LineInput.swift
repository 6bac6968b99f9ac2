import Catalog
import Kernel
import Operations

/// A line as it is asked for.
package struct LineInput: OperationInput {
  let name: String
  let sla: PublicId
  let units: [LineReferences.Named]
  let persons: [LineReferences.Named]
  let onlyCoveredCis: Bool
  let quantity: Int64?
  let quantityUnit: String?
  let exclusions: LocalText
  let priceReference: String?
  let monthlyFee: String?
  let service: PublicId?
  let offering: PublicId?

  static let name = Field.text("name", 1...200, "What the line sells.", "合同行所售服务。")
  static let sla = Field.id("sla", .sla, "The SLA that it promises.", "所承诺的 SLA。")
  static let unit = Field.id(
    "unit", .unit, "The site or department that it is for; without any, and without persons: the whole customer.", "适用的站点或部门；单位与人员均不填则为整个客户。")
  static let units = Field<[PublicId]>.list(
    "units", of: Field.id("unit", .unit, "A site or department.", "站点或部门。"), count: 0...100, "Further sites and departments.",
    "更多站点和部门。")
  static let persons = Field<[PublicId]>.list(
    "persons", of: Field.id("person", .person, "A person.", "人员。"), count: 0...500, "The persons that it is for, whatever their unit, and nobody else.",
    "仅适用于所列人员，不论其所属单位。")
  static let onlyCoveredCis = Field.boolean(
    "onlyCoveredCis", "Whether it is for tickets about configuration items that it covers, and for no others (default no).", "是否仅限涉及其覆盖配置项的工单（默认否）。")
  static let quantity = Field.integer("quantity", 1...100_000_000, "How much of it is sold.", "数量。")
  static let quantityUnit = Field.text("quantityUnit", 1...40, "What is counted: device, user.", "计数单位：如设备、用户。")
  static let exclusionsEn = Field.longText("exclusionsEn", 1...4000, "What it does not cover, in English.", "不涵盖的内容（英文）。")
  static let exclusionsZh = Field.longText("exclusionsZh", 1...4000, "What it does not cover, in Chinese.", "不涵盖的内容（中文）。")
  static let priceReference = Field.text("priceReference", 1...200, "Where its price stands: a price list's position, an annex.", "价格依据：价目表条目或附件。")
  static let monthlyFee = Field.amount("monthlyFee", "Its fee per month, in the contract's currency.", "月费，以合同货币计。")
  static let service = Field.id("service", .service, "The service of the catalogue that it sells, with all its offerings.", "所售目录服务（含其全部服务项）。")
  static let offering = Field.id("offering", .offering, "The offering of the catalogue that it sells, instead of a whole service.", "所售目录服务项（而非整个服务）。")

  package static let fields: [any InputField] = [
    name, sla, unit.optional, units.optional, persons.optional, onlyCoveredCis.optional, quantity.optional, quantityUnit.optional, exclusionsEn.optional,
    exclusionsZh.optional,
    priceReference.optional, monthlyFee.optional, service.optional, offering.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    sla = try values[Self.sla]
    units = LineReferences.units(try values[Self.unit.optional], try values[Self.units.optional])
    persons = LineReferences.persons(try values[Self.persons.optional])
    onlyCoveredCis = try values[Self.onlyCoveredCis.optional] ?? false
    quantity = try values[Self.quantity.optional]
    quantityUnit = try values[Self.quantityUnit.optional]
    exclusions = LocalText(english: try values[Self.exclusionsEn.optional], chinese: try values[Self.exclusionsZh.optional])
    priceReference = try values[Self.priceReference.optional]
    monthlyFee = try values[Self.monthlyFee.optional]
    service = try values[Self.service.optional]
    offering = try values[Self.offering.optional]
  }

  /// As a template has it: for the whole customer.
  init(_ line: TemplateLine) {
    (name, sla, units, persons, onlyCoveredCis) = (line.name, line.sla, [], [], line.onlyCoveredCis)
    (quantity, quantityUnit, exclusions) = (line.quantity, line.quantityUnit, line.exclusions)
    (priceReference, monthlyFee) = (line.priceReference, line.monthlyFee)
    (service, offering) = (line.service, line.offering)
  }
}

extension OperationContext {
  /// The lines' references, quantities and fees, checked.
  /// - Parameters:
  ///   - start: when they begin to count; before now, they count from now.
  ///   - path: leads to a line in the input.
  func lineContent(_ inputs: [LineInput], _ currency: Currency, from start: Instant, path: (Int) -> String) async throws -> [LineContent] {
    let known = try await lineReferences(slas: inputs.map(\.sla), units: inputs.flatMap(\.units), persons: inputs.flatMap(\.persons))
    let sellable = try await sellable(services: inputs.compactMap(\.service), offerings: inputs.compactMap(\.offering), from: start)
    var contents: [LineContent] = []
    for (index, input) in inputs.enumerated() {
      let path = path(index)
      contents.append(
        LineContent(
          name: input.name, sla: try known.sla(input.sla, under: path), units: try known.units(input.units, under: path),
          persons: try known.persons(input.persons, under: path), onlyCoveredCis: input.onlyCoveredCis,
          quantity: try ContractRule.quantity(input.quantity, input.quantityUnit, path: path),
          exclusions: input.exclusions,
          priceReference: input.priceReference,
          monthlyFee: try input.monthlyFee.map { text throws(Failure) in try ContractRule.fee(text, currency, path: path + "monthlyFee") },
          service: try sellable.service(input.service, under: path), offering: try sellable.offering(input.offering, besides: input.service, under: path)))
    }
    return contents
  }

  func lineReferences(slas: [PublicId], units: [LineReferences.Named], persons: [LineReferences.Named]) async throws -> LineReferences {
    let (slas, units, persons) = try await transaction.query(
      SlasOfIds(publicIds: slas, tenant: tenant.id), UnitsOfIds(tenant: tenant.id, publicIds: units.map(\.id)),
      PersonsOfIds(tenant: tenant.id, publicIds: persons.map(\.id)))
    return LineReferences(
      slas: Dictionary(slas.map { ($0.publicId, $0) }) { first, _ in first },
      unitIds: Dictionary(units.map { ($0.publicId, $0.id) }) { first, _ in first },
      personIds: Dictionary(persons.map { ($0.publicId, $0.id) }) { first, _ in first })
  }

  /// What can be sold on the first day of a line: one may be made before what it sells enters the catalogue, and none for after it retires.
  func sellable(services: [PublicId], offerings: [PublicId], from start: Instant) async throws -> Sellable {
    guard !(services.isEmpty && offerings.isEmpty) else { return Sellable(services: [:], offerings: [:]) }
    let day = provider.day(at: max(start, now))
    let (services, offerings) = try await transaction.query(
      SellableServices(publicIds: services, tenant: tenant.id, day: day),
      SellableOfferings(services: SellableServices(publicIds: offerings, tenant: tenant.id, day: day)))
    return Sellable(
      services: Dictionary(services.map { ($0.publicId, $0) }) { first, _ in first },
      offerings: Dictionary(offerings.map { ($0.publicId, $0) }) { first, _ in first })
  }

  /// Makes a line with its first version.
  func insertLine(
    _ content: LineContent, contract: Int64, contractId: PublicId, validFrom: Instant, state: LineState = .active
  ) async throws -> PublicId {
    let id = newId(.contractLine)
    guard let line = try await transaction.first(InsertLine(tenant: tenant.id, publicId: id, contract: contract, now: now)) else { throw Failure.notFound }
    try await insertLineVersion(content, line: line, seq: 1, validFrom: validFrom, state: state)
    record(
      Event(
        subjectKind: "contract_line", subject: line, seq: 1, type: "contract_line.added",
        payload: .object(["contract": .id(contractId), "line": .id(id), "state": .text(state.rawValue), "validFrom": .instant(validFrom)]),
        occurredAt: now))
    return id
  }

  func insertLineVersion(_ content: LineContent, line: Int64, seq: Int64, validFrom: Instant, state: LineState) async throws {
    let inserted = try await transaction.first(
      InsertLineVersion(tenant: tenant.id, line: line, seq: seq, validFrom: validFrom, state: state, content: content, now: now))
    guard let version = inserted else { throw Failure.notFound }
    if content.units.count > 1 {
      transaction.enqueue(InsertLineUnits(tenant: tenant.id, version: version, units: Array(content.units.dropFirst())))
    }
    if !content.persons.isEmpty { transaction.enqueue(InsertLinePersons(tenant: tenant.id, version: version, persons: content.persons)) }
  }
}

/// What of the catalogue the lines of an input name, by public id.
struct Sellable: Sendable {
  let services: [[UInt8]: SellableServices.Found]
  let offerings: [[UInt8]: SellableServices.Found]

  /// - Parameter held: what the line sells already, which it may go on to sell whatever became of it.
  func service(_ id: PublicId?, under path: String, held: Int64? = nil) throws(Failure) -> Int64? {
    try Self.found(id, in: services, path + "service", held)
  }

  /// - Parameter service: what else the line would sell.
  func offering(_ id: PublicId?, besides service: PublicId?, under path: String, held: Int64? = nil) throws(Failure) -> Int64? {
    let found = try Self.found(id, in: offerings, path + "offering", held)
    guard found == nil || service == nil else { throw .invalid(path + "offering", ContractsMessages.serviceOrOffering) }
    return found
  }

  private static func found(
    _ id: PublicId?, in known: [[UInt8]: SellableServices.Found], _ path: String, _ held: Int64?
  ) throws(Failure) -> Int64? {
    guard let id else { return nil }
    guard let found = known[id.random] else { throw .invalid(path, InputMessages.unknownReference) }
    guard found.isSellable || found.id == held else { throw .invalid(path, ContractsMessages.notSellable, ["code": found.code]) }
    return found.id
  }
}

/// What the lines of an input name, by public id.
struct LineReferences: Sendable {
  /// A unit or person, and where in a line's input it is named.
  struct Named: Hashable, Sendable {
    let id: PublicId
    let path: String
  }

  fileprivate let slas: [[UInt8]: SlasOfIds.Found]
  fileprivate let unitIds: [[UInt8]: Int64]
  fileprivate let personIds: [[UInt8]: Int64]

  static func units(_ unit: PublicId?, _ units: [PublicId]?) -> [Named] {
    (unit.map { [Named(id: $0, path: "unit")] } ?? []) + (units ?? []).enumerated().map { Named(id: $0.element, path: "units[\($0.offset)]") }
  }

  static func persons(_ persons: [PublicId]?) -> [Named] { (persons ?? []).enumerated().map { Named(id: $0.element, path: "persons[\($0.offset)]") } }

  /// One that is not retired.
  func sla(_ id: PublicId, under path: String) throws(Failure) -> Int64 {
    guard let found = slas[id.random] else { throw .invalid(path + "sla", InputMessages.unknownReference) }
    guard !found.isRetired else { throw .invalid(path + "sla", ContractsMessages.slaRetired, ["name": found.name]) }
    return found.id
  }

  /// Each once, in their order.
  func units(_ named: [Named], under path: String) throws(Failure) -> [Int64] { try Self.found(named, in: unitIds, path) }

  func persons(_ named: [Named], under path: String) throws(Failure) -> [Int64] { try Self.found(named, in: personIds, path).sorted() }

  private static func found(_ named: [Named], in known: [[UInt8]: Int64], _ path: String) throws(Failure) -> [Int64] {
    var found: [Int64] = []
    for named in named {
      guard let row = known[named.id.random] else { throw .invalid(path + named.path, InputMessages.unknownReference) }
      if !found.contains(row) { found.append(row) }
    }
    return found
  }
}
