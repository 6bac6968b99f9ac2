import Kernel
import Operations

enum QualityFields {
  static let staleDays = Field.integer(
    "staleDays", 1...3650, "After how many days without confirmation a CI counts as stale (default 180).", "多少天未确认视为陈旧（默认 180）。")
  static let check = Field.oneOf(
    "check", QualityCheck.allCases.map(\.rawValue), "What is looked for.",
    "检查项：unrelated 无关系、unowned 无责任人、uncovered 无生效合同覆盖、unshared 服务商共享但不影响任何客户、stale 陈旧、duplicate_serial 序列号重复、duplicate_tag 标签重复、duplicate_name 名称重复、attributes 属性缺失或无效。"
  )
}

package enum CheckQuality: Operation {
  package struct Input: OperationInput {
    let staleDays: Int64?

    package static let fields: [any InputField] = [CustomerReference.field, QualityFields.staleDays.optional]

    package init(_ values: InputValues) throws(FieldError) { staleDays = try values[QualityFields.staleDays.optional] }
  }

  package struct Output: OperationOutput {
    let all: Int64
    let counts: [QualityCheck: Int64]

    package static let fields: [OutputField<Output>] =
      [OutputField("all", .integer, "The CIs that were looked at: all that are not retired or disposed of.", "检查的配置项数（不含已退役与已处置）。") { .integer($0.all) }]
      + QualityCheck.allCases.map { check in
        OutputField<Output>(check.field, .integer, check.summary.english, check.summary.chinese) { .integer($0.counts[check]) }
      }
  }

  package static let declaration = Declaration(
    "ci.quality", "Count what is wrong with the data of a customer's configuration items; ci.findings lists them.", zh: "统计客户配置项的数据质量问题；明细见 ci.findings。",
    roles: AssetRights.staffAndCustomerManager, scopes: AssetRights.wholeCustomer, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let search = QualitySearch(context: context, staleDays: input.staleDays)
    let counted = try await context.transaction.first(
      QualityCounts(tenant: context.tenant.id, now: context.now, today: context.today, staleBefore: search.staleBefore))
    var counts = Dictionary(uniqueKeysWithValues: zip(QualityCheck.counted, counted?.found ?? []))
    counts[.attributes] = try await search.countAttributes()
    for check in QualityCheck.allCases where !check.applies(to: context.tenant.kind) { counts[check] = nil }
    return Output(all: counted?.all ?? 0, counts: counts)
  }
}

extension QualityCheck {
  /// Its name as a field.
  var field: String {
    switch self {
    case .unrelated, .unowned, .uncovered, .unshared, .stale, .attributes: rawValue
    case .duplicateSerial: "duplicateSerial"
    case .duplicateTag: "duplicateTag"
    case .duplicateName: "duplicateName"
    }
  }

  var summary: (english: String, chinese: String) {
    switch self {
    case .unrelated: ("Without a relation to another that is neither retired nor disposed of.", "与未退役、未处置的其他配置项没有任何关系的。")
    case .unowned: ("For which nobody answers, or somebody who has left.", "没有责任人或责任人已离职的。")
    case .uncovered:
      ("That no contract line in force covers today; null: they are the provider's own, for which there is no contract.", "当前没有生效的合同行覆盖的；服务商自有配置项无合同，为 null。")
    case .unshared:
      (
        "Of the provider's own: that affect no customer, neither by themselves nor by what needs them; null: they are a customer's.",
        "服务商自有且直接或间接均不影响任何客户的；客户的配置项为 null。"
      )
    case .stale: ("That nobody has confirmed for long.", "长期未确认的。")
    case .duplicateSerial: ("With the serial number of another.", "序列号重复的。")
    case .duplicateTag: ("With the asset tag of another.", "资产标签重复的。")
    case .duplicateName: ("With the name of another.", "名称重复的。")
    case .attributes: ("With an attribute that is missing, or not as the newest version of its type wants it.", "属性缺失或不符合类型最新版本要求的。")
    }
  }
}

package enum ListFindings: Operation {
  package struct Input: OperationInput {
    let check: QualityCheck
    let staleDays: Int64?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [
      CustomerReference.field, QualityFields.check, QualityFields.staleDays.optional, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      check = QualityCheck(rawValue: try values[QualityFields.check]) ?? .unrelated
      staleDays = try values[QualityFields.staleDays.optional]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package struct Entry: OperationOutput {
    let id: PublicId
    let row: QualityFindings.Found
    let attributes: [Failure.Violation]

    package static let fields: [OutputField<Entry>] = [
      OutputField("id", .id, "The CI.", "配置项编号。") { .id($0.id) },
      OutputField("name", .text, "What it is called.", "名称。") { .text($0.row.name) },
      OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.row.typeCode) },
      OutputField("serial", .text, "Its serial number.", "序列号。") { .text($0.row.serial) },
      OutputField("assetTag", .text, "Its asset tag.", "资产标签。") { .text($0.row.assetTag) },
      OutputField("confirmedAt", .instant, "When it was last confirmed.", "最近一次确认的时间。") { .instant($0.row.confirmedAt) },
      OutputField("attributes", .list(.document), "Which attributes, and why: key, English, Chinese.", "有问题的属性及原因：键、英文、中文。") {
        .array($0.attributes.map { $0.told("attribute") })
      },
    ]
  }

  package static let declaration = Declaration(
    "ci.findings", "List the configuration items of which a check of the data's quality tells something, by name.", zh: "按名称列出某项数据质量检查发现的配置项。",
    permission: "ci.quality", roles: AssetRights.staffAndCustomerManager, scopes: AssetRights.wholeCustomer, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let filter = "\(input.check.rawValue) \(input.staleDays ?? 0)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let search = QualitySearch(context: context, staleDays: input.staleDays)
    let rows = try await search.findings(
      input.check, afterName: try after?.text(0) ?? "", afterId: try after?.integer(1) ?? .min, limit: limit + 1)
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.row.nameKey), .integer($0.row.id)])
    } element: {
      Entry(id: context.id(.ci, $0.row.publicId), row: $0.row, attributes: $0.attributes)
    }
  }
}

/// Looks through a tenant's CIs.
struct QualitySearch: Sendable {
  typealias Finding = (row: QualityFindings.Found, attributes: [Failure.Violation])

  private static let batch: Int64 = 2000

  let context: OperationContext
  let staleBefore: Instant

  init(context: OperationContext, staleDays: Int64?) {
    self.context = context
    staleBefore = context.now.adding(seconds: -(staleDays ?? 180) * 86_400)
  }

  func findings(_ check: QualityCheck, afterName: String, afterId: Int64, limit: Int64) async throws -> [Finding] {
    guard check.applies(to: context.tenant.kind) else { return [] }
    guard check == .attributes else {
      return try await rows(check, afterName, afterId, limit).map { ($0, []) }
    }
    var found: [Finding] = []
    try await walk(afterName, afterId) { row, problems in
      found.append((row, problems))
      return found.count < limit
    }
    return found
  }

  func countAttributes() async throws -> Int64 {
    var count: Int64 = 0
    try await walk("", .min) { _, _ in
      count += 1
      return true
    }
    return count
  }

  /// The rule of a type is code, so the CIs are looked at one by one, a batch at a time.
  /// - Parameter take: of each CI with problems; false ends the walk.
  private func walk(
    _ afterName: String, _ afterId: Int64, _ take: (QualityFindings.Found, [Failure.Violation]) -> Bool
  ) async throws {
    var (name, id) = (afterName, afterId)
    var rules: [String: AttributeRule] = [:]
    while true {
      let rows = try await self.rows(.attributes, name, id, Self.batch)
      let unknown = Set(rows.map(\.typeCode)).subtracting(rules.keys)
      if !unknown.isEmpty {
        for type in try await context.transaction.query(CiTypesByCode(codes: unknown.sorted())) { rules[type.code] = try type.rule() }
      }
      for row in rows {
        let values = Dictionary((row.attributes.members ?? []).map { ($0.name, $0.value) }) { first, _ in first }
        let problems = rules[row.typeCode]?.findings(in: values) ?? []
        if !problems.isEmpty, !take(row, problems) { return }
      }
      guard rows.count == Self.batch, let last = rows.last else { return }
      (name, id) = (last.nameKey, last.id)
    }
  }

  private func rows(_ check: QualityCheck, _ afterName: String, _ afterId: Int64, _ limit: Int64) async throws -> [QualityFindings.Found] {
    try await context.transaction.query(
      QualityFindings(
        tenant: context.tenant.id, now: context.now, today: context.today, staleBefore: staleBefore, check: check, afterName: afterName, afterId: afterId,
        limit: limit))
  }
}
