import Kernel
import Operations

/// A scheme in one of its versions.
package struct AppraisalSchemeOutput: OperationOutput {
  let id: PublicId
  let row: AppraisalSchemeRow

  init(_ row: AppraisalSchemeRow, in context: OperationContext) {
    id = context.id(.appraisalScheme, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<AppraisalSchemeOutput>] = [
    OutputField("id", .id, "The scheme.", "考核方案编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("terms", .document, "The criteria, the grades, and below which an action opens.", "考核项、等级及产生改进措施的等级。") { $0.row.terms },
    OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

enum AppraisalSchemeFields {
  static let id = Field.id("id", .appraisalScheme, "The scheme.", "考核方案编号。")
  static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
  static let terms = Field<AppraisalTermsInput>.object(
    "terms", "The criteria, the grades, and below which an action opens; see docs/suppliers.md.", "考核项、等级及产生改进措施的等级；参见 docs/suppliers.md。")
}

package enum CreateAppraisalScheme: Operation {
  package struct Input: OperationInput {
    let name: String
    let terms: AppraisalTermsInput

    package static let fields: [any InputField] = [AppraisalSchemeFields.name, AppraisalSchemeFields.terms]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[AppraisalSchemeFields.name]
      terms = try values[AppraisalSchemeFields.terms]
    }
  }

  package static let declaration = Declaration(
    "appraisal_scheme.create", "Record by what suppliers are appraised.", zh: "登记供应商考核方案。", permission: "appraisal_scheme.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalSchemeOutput {
    let scheme = try AppraisalSchemeRule.scheme(input.terms)
    let id = context.newId(.appraisalScheme)
    guard let row = try await context.transaction.first(InsertAppraisalScheme(publicId: id, name: input.name, now: context.now)) else {
      throw Failure.notFound
    }
    context.transaction.enqueue(InsertAppraisalSchemeVersion(scheme: row, validFrom: Instant(seconds: 0), terms: scheme.value, now: context.now))
    return try await context.appraisalSchemeOutput(id, at: context.now)
  }
}

package enum ReadAppraisalScheme: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let asOf: Instant?

    package static let fields: [any InputField] = [AppraisalSchemeFields.id, SupplierFields.asOf]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[AppraisalSchemeFields.id]
      asOf = try values[SupplierFields.asOf]
    }
  }

  package static let declaration = Declaration(
    "appraisal_scheme.read", "Read an appraisal scheme.", zh: "查看考核方案。", roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalSchemeOutput {
    try await context.appraisalSchemeOutput(input.id, at: input.asOf ?? context.now)
  }
}

package enum ListAppraisalSchemes: Operation {
  package struct Input: OperationInput {
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [SupplierFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      asOf = try values[SupplierFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "appraisal_scheme.list", "List the appraisal schemes by name.", zh: "按名称列出考核方案。", permission: "appraisal_scheme.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AppraisalSchemeOutput> {
    let filter = input.asOf?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      AppraisalSchemesAt(at: input.asOf ?? context.now, after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.name)])
    } element: {
      AppraisalSchemeOutput($0, in: context)
    }
  }
}

package enum ReviseAppraisalScheme: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let terms: AppraisalTermsInput?
    let validFrom: Instant?

    private static let terms = AppraisalSchemeFields.terms.optional
    private static let validFrom = Field.instant(
      "validFrom", "From when the new terms hold (default: now). Not before now, and after what there is.", "新规则自何时起生效（默认当前时刻），不得早于当前时刻，且须晚于已有版本。"
    ).optional

    package static let fields: [any InputField] = [AppraisalSchemeFields.id, AppraisalSchemeFields.name.change, terms, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[AppraisalSchemeFields.id]
      name = try values[AppraisalSchemeFields.name.change]
      terms = try values[Self.terms]
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "appraisal_scheme.revise", "Give an appraisal scheme new terms; periods that have begun keep theirs.", zh: "修订考核方案；已开始的期间沿用原方案。",
    permission: "appraisal_scheme.manage", roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalSchemeOutput {
    guard let newest = try await context.transaction.first(AppraisalSchemeAt(publicId: input.id, at: nil)) else { throw Failure.notFound }
    try context.requireVersion(newest.version)
    guard !input.name.isKeep || input.terms != nil else { throw Failure(.invalid, SuppliersMessages.nothingToChange) }
    let validFrom = input.validFrom ?? context.now
    if let terms = input.terms {
      let scheme = try AppraisalSchemeRule.scheme(terms)
      guard validFrom > newest.validFrom else {
        throw Failure.invalid("validFrom", SuppliersMessages.notLater, ["newest": newest.validFrom.description])
      }
      guard validFrom >= context.now else { throw Failure.invalid("validFrom", SuppliersMessages.inThePast, ["now": context.now.description]) }
      context.transaction.enqueue(InsertAppraisalSchemeVersion(scheme: newest.id, validFrom: validFrom, terms: scheme.value, now: context.now))
    }
    let advanced = try await context.transaction.first(
      AdvanceAppraisalScheme(id: newest.id, version: newest.version, name: input.name.applied(to: newest.name)))
    guard let version = advanced else { throw context.beaten }
    context.record(
      Event(
        subjectKind: "appraisal_scheme", subject: newest.id, seq: version, type: "appraisal_scheme.revised",
        payload: .object(["scheme": .id(input.id), "validFrom": .instant(input.terms == nil ? nil : validFrom)]), occurredAt: context.now))
    return try await context.appraisalSchemeOutput(input.id, at: max(validFrom, newest.validFrom))
  }
}

extension OperationContext {
  fileprivate func appraisalSchemeOutput(_ id: PublicId, at: Instant) async throws -> AppraisalSchemeOutput {
    guard let row = try await transaction.first(AppraisalSchemeAt(publicId: id, at: at)) else { throw Failure.notFound }
    if operation.effect.writes { subject(id) }
    return AppraisalSchemeOutput(row, in: self)
  }
}
