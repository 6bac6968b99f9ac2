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
}
