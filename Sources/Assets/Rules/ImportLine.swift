import Kernel
import Operations

/// A line of a file of CIs. What is left out stays as it is.
struct ImportLine: LineOfFile {
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
    ImportWay.place, name, type, state, owner, unit, tier, service, serial, assetTag, warrantyUntil, cost, currency, attributes,
  ]

  init(_ values: InputValues) throws(FieldError) {
    line = try values[ImportWay.place] ?? 0
    name = try values.cell(Self.name)
    type = try values.cell(Self.type)
    state = try values.cell(Self.state)
    owner = try values.cell(Self.owner)
    unit = try values.cell(Self.unit)
    tier = try values.cell(Self.tier)
    service = try values.cell(Self.service)
    serial = try values.cell(Self.serial)
    assetTag = try values.cell(Self.assetTag)
    warrantyUntil = try values.cell(Self.warrantyUntil)
    cost = try values.cell(Self.cost)
    currency = try values.cell(Self.currency)
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
