import Kernel

/// A stretch of whole months by which something is counted: fees, attainment, availability. Days are dates of the contract's
/// zone, and the end is the first day outside.
package struct BillingPeriod: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    case month, quarter, year
    /// The twelve months that end with a month.
    case rollingYear = "rolling_year"
  }

  package let kind: Kind
  package let first: CalendarDate
  package let end: CalendarDate

  /// The years that have every instant within what the API accepts, also in zones far from UTC.
  package static let years: ClosedRange<Int64> = 1971...9998

  /// The period that a name means: `2026-03` for a month and for the rolling year that ends with it, `2026-Q1`, `2026`.
  /// Nil for any other text.
  package init?(_ kind: Kind, named name: String) {
    switch kind {
    case .month, .rollingYear:
      guard let month = CalendarMonth(name) else { return nil }
      self.init(kind, containing: month.firstDay)
    case .quarter:
      let bytes = Array(name.utf8)
      guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"), bytes[5] == UInt8(ascii: "Q"), (UInt8(ascii: "1")...UInt8(ascii: "4")).contains(bytes[6]),
        let month = CalendarMonth("\(name.prefix(4))-\(pad(Int64(bytes[6] - UInt8(ascii: "0")) * 3, 2))")
      else { return nil }
      self.init(kind, containing: month.firstDay)
    case .year:
      guard let month = CalendarMonth("\(name)-01") else { return nil }
      self.init(kind, containing: month.firstDay)
    }
  }

  /// The period in which a day lies; of rolling years the one that ends with the day's month. Nil outside ``years``.
  package init?(_ kind: Kind, containing day: CalendarDate) {
    let (year, month, _) = day.parts
    guard Self.years.contains(year) else { return nil }
    let last = CalendarMonth(containing: day)
    let months: (first: CalendarMonth?, last: CalendarMonth?) =
      switch kind {
      case .month: (last, last)
      case .quarter: (CalendarMonth(year: year, month: (month - 1) / 3 * 3 + 1), CalendarMonth(year: year, month: (month - 1) / 3 * 3 + 3))
      case .year: (CalendarMonth(year: year, month: 1), CalendarMonth(year: year, month: 12))
      case .rollingYear: (month == 12 ? CalendarMonth(year: year, month: 1) : CalendarMonth(year: year - 1, month: month + 1), last)
      }
    guard let first = months.first?.firstDay, let end = months.last?.end else { return nil }
    self.kind = kind
    self.first = first
    self.end = end
  }

  package var days: Int64 { end.daysSinceEpoch - first.daysSinceEpoch }

  /// The days whose fee a credit is a part of: the period's, but of a rolling year its last month, or every month of it would
  /// be paid back twelve times.
  package var feeDays: Range<CalendarDate> {
    guard kind == .rollingYear else { return first..<end }
    return CalendarMonth(containing: end.adding(days: -1)).firstDay..<end
  }

  package var description: String {
    let (year, month, _) = end.adding(days: -1).parts
    return switch kind {
    case .month, .rollingYear: "\(pad(year, 4))-\(pad(month, 2))"
    case .quarter: "\(pad(year, 4))-Q\(month / 3)"
    case .year: pad(year, 4)
    }
  }
}
