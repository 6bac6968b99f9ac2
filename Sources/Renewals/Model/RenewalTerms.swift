import Kernel
import Postgres

/// What happens when a contract's term ends.
package enum RenewalMode: String, Sendable, CaseIterable {
  /// The term simply ends, or goes on when it is open-ended.
  case none
  /// Somebody decides, each cycle.
  case manual
  /// The term is extended by itself unless somebody decides against it in time.
  case auto
}

/// How long before a cycle's end is to be decided.
package enum Notice: Hashable, Sendable {
  case days(Int64)
  case months(Int64)

  package init?(count: Int64?, unit: String?) {
    switch (count, unit) {
    case (let count?, "days"): self = .days(count)
    case (let count?, "months"): self = .months(count)
    default: return nil
    }
  }

  package var count: Int64 {
    switch self {
    case .days(let count), .months(let count): count
    }
  }

  package var unit: String {
    switch self {
    case .days: "days"
    case .months: "months"
    }
  }
}

/// What a contract version says of its renewal.
package struct RenewalTerms: Hashable, Sendable {
  package let mode: RenewalMode
  /// There unless the mode is `none`.
  package let notice: Notice?
  /// By how many months a renewal extends the term; always there with `auto`.
  package let months: Int64?

  package static let none = RenewalTerms(mode: .none, notice: nil, months: nil)

  package init(mode: RenewalMode, notice: Notice?, months: Int64?) {
    self.mode = mode
    self.notice = notice
    self.months = months
  }

  /// Refuses terms that do not say enough to renew a term by, which ends at `endsAt`; nil: never.
  package func require(endsAt: Instant?) throws(Failure) {
    guard mode != .none else { return }
    if notice == nil { throw .invalid("noticeMonths", RenewalMessages.noticeNeeded) }
    guard mode == .auto else { return }
    if endsAt == nil { throw .invalid("renewal", RenewalMessages.autoNeedsEnd) }
    if months == nil { throw .invalid("renewalMonths", RenewalMessages.autoNeedsMonths) }
  }
}

extension RenewalTerms {
  /// Columns in the order renewal, notice_count, notice_unit, renewal_months.
  package init(_ row: inout RowReader) throws {
    let mode: String = try row.next()
    let count: Int64? = try row.next()
    let unit: String? = try row.next()
    self.init(mode: RenewalMode(rawValue: mode) ?? .none, notice: Notice(count: count, unit: unit), months: try row.next())
  }
}
