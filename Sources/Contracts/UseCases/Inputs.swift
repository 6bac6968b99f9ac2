import Kernel
import Operations

/// Fields that several operations of the module take.
enum ContractsFields {
  static let asOf = Field.instant(
    "asOf", "The instant as of which it is read (default: now).", "以哪个时刻为准读取（默认当前时刻）。"
  ).optional
  static let validFrom = Field.instant(
    "validFrom", "From when the new version holds (default: now). It must lie after the newest version's.", "新版本自何时起生效（默认当前时刻），须晚于最新版本。"
  ).optional
  static let onlyFor = Field.id(
    "onlyFor", .customer, "The one customer that it is for; left out: any customer.", "仅供该客户使用；不填则适用于任何客户。"
  ).optional
}
