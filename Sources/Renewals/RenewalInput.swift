import Kernel
import Operations

/// The fields that say what happens when a contract's term ends.
package enum RenewalFields {
  package static let renewal = Field.oneOf(
    "renewal", RenewalMode.allCases.map(\.rawValue), "What happens at the end: none, manual (somebody decides) or auto (it is extended).",
    "到期处理：none（无）、manual（人工决定）或 auto（自动续约）。")
  package static let noticeDays = Field.integer("noticeDays", 0...3650, "How many days before the end is to be decided.", "须在到期前多少天作出决定。")
  package static let noticeMonths = Field.integer(
    "noticeMonths", 0...120, "Instead of days: how many months before the end is to be decided.", "代替天数：须在到期前多少个月作出决定。")
  package static let renewalMonths = Field.integer("renewalMonths", 1...120, "By how many months a renewal extends the term.", "续约延长的月数。")

  package static func notice(days: Int64?, months: Int64?) throws(FieldError) -> Notice? {
    switch (days, months) {
    case (_?, _?): throw FieldError("noticeDays", RenewalMessages.oneNotice)
    case (let days?, nil): .days(days)
    case (nil, let months?): .months(months)
    case (nil, nil): nil
    }
  }
}

/// What a new contract or a template says of its renewal.
package struct RenewalInput: Sendable {
  package let mode: RenewalMode?
  package let notice: Notice?
  package let months: Int64?

  package static let fields: [any InputField] = [
    RenewalFields.renewal.optional, RenewalFields.noticeDays.optional, RenewalFields.noticeMonths.optional, RenewalFields.renewalMonths.optional,
  ]

  package init(mode: RenewalMode?, notice: Notice?, months: Int64?) {
    self.mode = mode
    self.notice = notice
    self.months = months
  }

  package func noticeCount(_ unit: String) -> Int64? { notice.flatMap { $0.unit == unit ? $0.count : nil } }

  /// These terms, and `others` where this says nothing.
  package func terms(orElse others: RenewalTerms) -> RenewalTerms {
    RenewalTerms(mode: mode ?? others.mode, notice: notice ?? others.notice, months: months ?? others.months)
  }
}

extension RenewalInput {
  package init(_ values: InputValues) throws(FieldError) {
    mode = try values[RenewalFields.renewal.optional].flatMap(RenewalMode.init(rawValue:))
    notice = try RenewalFields.notice(days: values[RenewalFields.noticeDays.optional], months: values[RenewalFields.noticeMonths.optional])
    months = try values[RenewalFields.renewalMonths.optional]
  }
}

/// The same in a change.
package struct RenewalChange: Sendable {
  package let mode: Change<String>
  package let days: Change<Int64>
  package let noticeMonths: Change<Int64>
  package let months: Change<Int64>

  package static let fields: [any InputField] = [
    RenewalFields.renewal.change, RenewalFields.noticeDays.clearable, RenewalFields.noticeMonths.clearable, RenewalFields.renewalMonths.clearable,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    mode = try values[RenewalFields.renewal.change]
    days = try values[RenewalFields.noticeDays.clearable]
    noticeMonths = try values[RenewalFields.noticeMonths.clearable]
    months = try values[RenewalFields.renewalMonths.clearable]
    if case .set = days, case .set = noticeMonths { throw FieldError("noticeDays", RenewalMessages.oneNotice) }
  }

  package var isKeep: Bool { mode.isKeep && days.isKeep && noticeMonths.isKeep && months.isKeep }

  package func applied(to old: RenewalTerms) -> RenewalTerms {
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
