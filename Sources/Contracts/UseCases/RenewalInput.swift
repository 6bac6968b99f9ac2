import Kernel
import Operations

/// The fields that say what happens when a contract's term ends.
enum RenewalFields {
  static let renewal = Field.oneOf(
    "renewal", RenewalMode.allCases.map(\.rawValue), "What happens at the end: none, manual (somebody decides) or auto (it is extended).",
    "到期处理：none（无）、manual（人工决定）或 auto（自动续约）。")
  static let noticeDays = Field.integer("noticeDays", 0...3650, "How many days before the end is to be decided.", "须在到期前多少天作出决定。")
  static let noticeMonths = Field.integer("noticeMonths", 0...120, "Instead of days: how many months before the end is to be decided.", "代替天数：须在到期前多少个月作出决定。")
  static let renewalMonths = Field.integer("renewalMonths", 1...120, "By how many months a renewal extends the term.", "续约延长的月数。")

  static func notice(days: Int64?, months: Int64?) throws(FieldError) -> Notice? {
    switch (days, months) {
    case (_?, _?): throw FieldError("noticeDays", ContractsMessages.oneNotice)
    case (let days?, nil): .days(days)
    case (nil, let months?): .months(months)
    case (nil, nil): nil
    }
  }
}

/// What a new contract or a template says of its renewal.
struct RenewalInput: Sendable {
  let mode: RenewalMode?
  let notice: Notice?
  let months: Int64?

  static let fields: [any InputField] = [
    RenewalFields.renewal.optional, RenewalFields.noticeDays.optional, RenewalFields.noticeMonths.optional, RenewalFields.renewalMonths.optional,
  ]

  func noticeCount(_ unit: String) -> Int64? { notice.flatMap { $0.unit == unit ? $0.count : nil } }

  /// These terms, and `others` where this says nothing.
  func terms(orElse others: RenewalTerms) -> RenewalTerms {
    RenewalTerms(mode: mode ?? others.mode, notice: notice ?? others.notice, months: months ?? others.months)
  }
}

extension RenewalInput {
  init(_ values: InputValues) throws(FieldError) {
    mode = try values[RenewalFields.renewal.optional].flatMap(RenewalMode.init(rawValue:))
    notice = try RenewalFields.notice(days: values[RenewalFields.noticeDays.optional], months: values[RenewalFields.noticeMonths.optional])
    months = try values[RenewalFields.renewalMonths.optional]
  }
}

/// The same in a change.
struct RenewalChange: Sendable {
  let mode: Change<String>
  let days: Change<Int64>
  let noticeMonths: Change<Int64>
  let months: Change<Int64>

  static let fields: [any InputField] = [
    RenewalFields.renewal.change, RenewalFields.noticeDays.clearable, RenewalFields.noticeMonths.clearable, RenewalFields.renewalMonths.clearable,
  ]

  init(_ values: InputValues) throws(FieldError) {
    mode = try values[RenewalFields.renewal.change]
    days = try values[RenewalFields.noticeDays.clearable]
    noticeMonths = try values[RenewalFields.noticeMonths.clearable]
    months = try values[RenewalFields.renewalMonths.clearable]
    if case .set = days, case .set = noticeMonths { throw FieldError("noticeDays", ContractsMessages.oneNotice) }
  }

  var isKeep: Bool { mode.isKeep && days.isKeep && noticeMonths.isKeep && months.isKeep }

  func applied(to old: RenewalTerms) -> RenewalTerms {
    RenewalTerms(
      mode: RenewalMode(rawValue: mode.applied(to: old.mode.rawValue)) ?? old.mode, notice: notice(after: old.notice), months: months.applied(to: old.months))
  }

  /// A notice in one unit takes the place of one in the other.
  private func notice(after old: Notice?) -> Notice? {
    if case .set(let days) = days { return .days(days) }
    if case .set(let months) = noticeMonths { return .months(months) }
    switch old {
    case .days?: return days.isKeep ? old : nil
    case .months?: return noticeMonths.isKeep ? old : nil
    case nil: return nil
    }
  }
}
