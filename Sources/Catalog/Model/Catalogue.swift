import Kernel
import Operations

/// The whole catalogue as a value: what a file says, and what the store holds. Equal ones are the same catalogue.
package struct Catalogue: OperationInput, Hashable {
  var families: [FamilyEntry]

  private static let families = Field<[FamilyEntry]>.list(
    "families", of: Field<FamilyEntry>.object("family", "A family.", "一个服务族。"), count: 0...200, "The families.", "服务族。")

  package static let fields: [any InputField] = [families]

  package init(_ values: InputValues) throws(FieldError) { families = try values[Self.families] }

  init(families: [FamilyEntry]) { self.families = families }

  /// Without what was designed for one customer.
  var forAll: Catalogue {
    Catalogue(
      families: families.map { family in
        var family = family
        family.services.removeAll { $0.onlyFor != nil }
        return family
      })
  }

  var stored: Value { .object(["families": .array(families.map(\.stored))]) }
}

package struct FamilyEntry: OperationInput, Hashable {
  let code: String
  let name: LocalText
  let summary: LocalText?
  var services: [ServiceEntry]

  private static let services = Field<[ServiceEntry]>.list(
    "services", of: Field<ServiceEntry>.object("service", "A service.", "一项服务。"), count: 0...1000, "Its services.", "所属服务。")

  package static let fields: [any InputField] = [CatalogFields.code, CatalogFields.name, CatalogFields.summary.optional, services.optional]

  package init(_ values: InputValues) throws(FieldError) {
    code = try values[CatalogFields.code]
    guard CatalogRule.isCode(code) else { throw FieldError("code", CatalogMessages.badCode) }
    name = try values[CatalogFields.name]
    summary = try values[CatalogFields.summary.optional]
    services = try values[Self.services.optional] ?? []
  }

  init(code: String, name: LocalText, summary: LocalText?, services: [ServiceEntry]) {
    (self.code, self.name, self.summary, self.services) = (code, name, summary, services)
  }

  init(_ row: FamilyRow, services: [ServiceEntry]) { self.init(code: row.code, name: row.name, summary: row.summary, services: services) }

  var stored: Value {
    .members([
      ("code", .text(code)), ("name", name.value), ("summary", summary?.value),
      ("services", services.isEmpty ? nil : .array(services.map(\.stored))),
    ])
  }
}

package struct ServiceEntry: OperationInput, Hashable {
  let code: String
  let name: LocalText
  let summary: LocalText?
  let mode: ServiceMode
  let owner: LocalText
  let life: ServiceLife
  /// The code of the one customer that it is for; nil: it is for all.
  let onlyFor: String?
  /// The codes of the services that it depends on, in order.
  let needs: [String]
  var offerings: [OfferingEntry]

  private static let needs = Field<[String]>.list(
    "needs", of: Field.text("needs", 2...24, "A service's code.", "服务代码。"), count: 0...100, "The services that it depends on.", "所依赖的服务。")
  private static let onlyFor = Field.text(
    "onlyFor", 1...40, "The code of the one customer that it is designed for (default: for all).", "专为其设计的客户代码（默认适用于所有客户）。"
  ).optional
  private static let offerings = Field<[OfferingEntry]>.list(
    "offerings", of: Field<OfferingEntry>.object("offering", "An offering.", "一个服务项。"), count: 0...200, "What of it is sold.", "服务项。")

  package static let fields: [any InputField] = [
    CatalogFields.code, CatalogFields.name, CatalogFields.summary.optional, ServiceFields.mode, ServiceFields.owner, ServiceFields.stages, onlyFor,
    needs.optional, offerings.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    code = try values[CatalogFields.code]
    guard CatalogRule.isCode(code) else { throw FieldError("code", CatalogMessages.badCode) }
    name = try values[CatalogFields.name]
    summary = try values[CatalogFields.summary.optional]
    mode = ServiceMode(rawValue: try values[ServiceFields.mode]) ?? .support
    owner = try values[ServiceFields.owner]
    life = ServiceLife(try values[ServiceFields.stages].days)
    onlyFor = try values[Self.onlyFor]
    needs = Set(try values[Self.needs.optional] ?? []).sorted()
    offerings = try values[Self.offerings.optional] ?? []
  }

  init(_ row: ServiceRow, needs: [String], offerings: [OfferingEntry]) {
    (code, name, summary) = (row.code, row.content.name, row.content.summary)
    (mode, owner, life, onlyFor) = (row.content.mode, row.content.owner, row.content.life, row.onlyForCode)
    self.needs = needs
    self.offerings = offerings
  }

  var stored: Value {
    .members([
      ("code", .text(code)), ("name", name.value), ("summary", summary?.value), ("mode", .text(mode.rawValue)), ("owner", owner.value),
      ("stages", life.value), ("onlyFor", onlyFor.map { .text($0) }), ("needs", needs.isEmpty ? nil : .array(needs.map { .text($0) })),
      ("offerings", offerings.isEmpty ? nil : .array(offerings.map(\.stored))),
    ])
  }
}

package struct OfferingEntry: OperationInput, Hashable {
  let code: String
  let state: OfferingState
  let content: OfferingContent

  private static let state = Field.oneOf(
    "state", OfferingState.allCases.map(\.rawValue), "Whether it is to be published (default), a draft, or retired.",
    "状态：published 发布（默认）、draft 草稿、retired 停用。")

  package static let fields: [any InputField] = [CatalogFields.code, state.optional] + OfferingContent.fields

  package init(_ values: InputValues) throws(FieldError) {
    code = try values[CatalogFields.code]
    guard CatalogRule.isCode(code) else { throw FieldError("code", CatalogMessages.badCode) }
    state = try values[Self.state.optional].flatMap(OfferingState.init) ?? .published
    content = try OfferingContent(values)
  }

  init(code: String, state: OfferingState, content: OfferingContent) {
    (self.code, self.state, self.content) = (code, state, content)
  }

  var stored: Value {
    let head = Value.members([("code", .text(code)), ("state", state == .published ? nil : .text(state.rawValue))])
    return .object((head.members ?? []) + (content.stored.members ?? []))
  }
}
