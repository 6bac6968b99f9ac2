import Kernel
import Operations

/// A line of a file of CIs, as texts. What is left out is not told, and stays as it is.
struct ImportLine: OperationInput {
  /// Where it stands in the file.
  let line: Int64
  let name: String?
  let type: String?
  let state: String?
  let owner: String?
  let unit: String?
  let tier: String?
  let service: String?
  let serial: String?
  let assetTag: String?
  let warrantyUntil: String?
  let cost: String?
  let currency: String?
  let attributes: [Value.Member]

  /// Longer than any of them may be: the line is refused then, not the file.
  private static func cell(_ name: String, _ english: String, _ chinese: String) -> OptionalField<String> {
    Field.longText(name, 0...2000, english, chinese).optional
  }

  private static let line = Field.integer("line", 1...Int64.max, "Where it stands in the file (default: its place in the list).", "在文件中的行号（默认为列表中的位置）。")
    .optional
  private static let name = cell("name", "What it is called.", "名称。")
  private static let type = cell("type", "The code of its type.", "类型代码。")
  private static let state = cell("state", "Where it is in its life (default for a new one: in_use).", "生命周期状态（新配置项默认 in_use）。")
  private static let owner = cell("owner", "The e-mail address of the person who answers for it.", "责任人的电子邮件。")
  private static let unit = cell("unit", "The name of the site or department where it is.", "所在站点或部门的名称。")
  private static let tier = cell("ciTier", "How critical it is.", "配置项等级代码。")
  private static let service = cell("service", "The code of the catalogue's service that it belongs to.", "所属目录服务的代码。")
  private static let serial = cell("serial", "Its serial number.", "序列号。")
  private static let assetTag = cell("assetTag", "Its asset tag.", "资产标签。")
  private static let warrantyUntil = cell("warrantyUntil", "The last day of its warranty, yyyy-mm-dd.", "保修截止日（yyyy-mm-dd）。")
  private static let cost = cell("cost", "What it cost; only for those who may set costs.", "成本；仅限有权设置成本者。")
  private static let currency = cell("currency", "The currency of the cost.", "成本货币。")
  private static let attributes = Field.document("attributes", "Values or texts by the keys of its type's attributes.", "按类型属性键的值或文本。").optional

  static let fields: [any InputField] = [
    line, name, type, state, owner, unit, tier, service, serial, assetTag, warrantyUntil, cost, currency, attributes,
  ]

  init(_ values: InputValues) throws(FieldError) {
    func text(_ field: OptionalField<String>) throws(FieldError) -> String? {
      // An empty cell tells nothing.
      guard let text = try values[field], let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace })
      else { return nil }
      return String(text[first...last])
    }
    line = try values[Self.line] ?? 0
    name = try text(Self.name)
    type = try text(Self.type)
    state = try text(Self.state)
    owner = try text(Self.owner)
    unit = try text(Self.unit)
    tier = try text(Self.tier)
    service = try text(Self.service)
    serial = try text(Self.serial)
    assetTag = try text(Self.assetTag)
    warrantyUntil = try text(Self.warrantyUntil)
    cost = try text(Self.cost)
    currency = try text(Self.currency)
    attributes = (try values[Self.attributes]?.members ?? []).filter { $0.value != .text("") }
  }

  func key(_ match: MatchBy) -> String? {
    switch match {
    case .serial: serial.map(MatchKey.of)
    case .tag: assetTag.map(MatchKey.of)
    case .name: name.map(MatchKey.of)
    }
  }
}

extension MatchBy {
  /// The field of a line that it means.
  var field: String {
    switch self {
    case .serial: "serial"
    case .tag: "assetTag"
    case .name: "name"
    }
  }
}
