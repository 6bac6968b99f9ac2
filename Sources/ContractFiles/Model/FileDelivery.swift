import Contracts
import Kernel
import Operations

/// A team of the provider's, and by which OLA it works.
package struct FileTeam: OperationInput {
  let name: String
  let ola: String?

  private static let name = Field.text("name", 1...120, "The team's name.", "团队名称。")
  private static let ola = Field.text("ola", 1...120, "The name of the OLA that it works by.", "团队遵循的 OLA 名称。")

  package static let fields: [any InputField] = [name, ola.optional]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    ola = try values[Self.ola.optional]
  }
}

/// A team that keeps a line's promises.
struct FileLineTeam: OperationInput, Hashable {
  let team: String
  let tier: Int64
  let calendar: String?
  /// Own work that no OLA covers, as ``HandlingTimes`` are written.
  let handling: [Int64]
  /// For which its part is needed; nil: as it is, or else as the operation has it.
  let metrics: [String]?

  private static let team = Field.text("team", 1...120, "The team's name.", "团队名称。")
  private static let tier = Field.integer("tier", 1...9, "Its place: 1 the first line (default).", "所在层级：1 为一线（默认）。")
  private static let calendar = Field.text("calendar", 1...120, "In which hours it works where no OLA says so.", "没有 OLA 时的工作时间。")
  private static let handling = Field.text("handling", 1...40, "Its own work: 15 min.", "自身处理时间：15 min。")
  private static let byPriority = Field<[String]>.list(
    "handlingByPriority", of: Field.text("handling", 1...40, "Own work.", "自身处理时间。"),
    count: HandlingTimes.least...Rating.numbers.count, "Instead, by priority from 1 on; the last is for every priority behind it.",
    "自优先级 1 起依次填写，最后一项适用于其后各优先级。")
  private static let metrics = Field<[String]>.list(
    "metrics", of: FileFields.metric, count: 1...3, "For which metrics its part is needed.", "需要该团队参与的指标。")

  static let fields: [any InputField] = [team, tier.optional, calendar.optional, handling.optional, byPriority.optional, metrics.optional]

  init(_ values: InputValues) throws(FieldError) {
    team = try values[Self.team]
    tier = try values[Self.tier.optional] ?? 1
    calendar = try values[Self.calendar.optional]
    var written: [Int64] = []
    if let each = try values[Self.byPriority.optional] {
      for (index, text) in each.enumerated() { written.append(try Self.seconds(text, "handlingByPriority[\(index)]")) }
    } else {
      let same = try values[Self.handling.optional].map { text throws(FieldError) in try Self.seconds(text, "handling") } ?? 0
      written = [same]
    }
    handling = HandlingTimes.written(written)
    metrics = try values[Self.metrics.optional]
  }

  private static func seconds(_ text: String, _ path: String) throws(FieldError) -> Int64 {
    guard case .seconds(let seconds)? = WrittenTime.budget(text) else { throw FieldError(path, ContractFileMessages.badDuration) }
    return seconds
  }
}

/// A supplier's service that a line rests on.
struct FileLineSupplier: OperationInput, Hashable {
  let supplier: String
  let service: String
  let contract: String?
  let role: String
  /// Its part of the line's fee against the others'; nil: as it is, or else 1.
  let weight: Int64?

  private static let supplier = Field.text("supplier", 1...32, "The supplier's code.", "供应商代码。")
  private static let service = Field.text("service", 1...300, "The service's name, with its region and instance where it has any.", "服务名称（含区域与实例）。")
  private static let contract = Field.text("contract", 1...120, "The reference of the underpinning contract.", "支撑合同编号。")
  private static let role = Field.oneOf("role", ["provides", "backup"], "provides (default) or backup.", "provides（默认）或 backup（后备）。")
  private static let weight = Field.integer("weight", 1...1_000_000, "Its part of the line's fee against the others' (default 1).", "在合同行费用中相对其他服务的权重（默认 1）。")

  static let fields: [any InputField] = [supplier, service, contract.optional, role.optional, weight.optional]

  init(_ values: InputValues) throws(FieldError) {
    supplier = try values[Self.supplier]
    service = try values[Self.service]
    contract = try values[Self.contract.optional]
    role = try values[Self.role.optional] ?? "provides"
    weight = try values[Self.weight.optional]
  }
}
