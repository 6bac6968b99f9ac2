import Contracts
import Kernel
import Renewals

/// Times as people write them: `15 min`, `1 h 30 min`, `2 business days`, `3 months`.
enum WrittenTime {
  /// A budget of open time, or the end of a business day. Nil for anything else.
  static func budget(_ text: String) -> Budget? {
    let words = text.split(separator: " ").map { $0.lowercased() }
    if words.count == 3, let days = Int64(words[0]), (0...1000).contains(days), words[1] == "business", ["day", "days"].contains(words[2]) {
      return .businessDays(days)
    }
    guard !words.isEmpty, words.count.isMultiple(of: 2) else { return nil }
    var total: Int64 = 0
    for index in stride(from: 0, to: words.count, by: 2) {
      guard let count = Int64(words[index]), (0...315_360_000).contains(count), let unit = seconds[words[index + 1]] else { return nil }
      total += count * unit
    }
    return (0...315_360_000).contains(total) ? .seconds(total) : nil
  }

  /// The same, written: what ``budget(_:)`` reads back.
  static func text(_ budget: Budget) -> String {
    switch budget {
    case .businessDays(let days): "\(days) business \(days == 1 ? "day" : "days")"
    case .seconds(let seconds): text(seconds: seconds)
    }
  }

  static func text(seconds: Int64) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")].filter { $0.0 > 0 }
    return parts.isEmpty ? "0 min" : parts.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }

  private static let seconds: [String: Int64] = [
    "s": 1, "second": 1, "seconds": 1, "min": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
  ]

  /// `30 days`, `3 months`.
  static func notice(_ text: String) -> Notice? {
    let words = text.split(separator: " ").map { $0.lowercased() }
    guard words.count == 2, let count = Int64(words[0]) else { return nil }
    switch words[1] {
    case "day", "days": return (0...3650).contains(count) ? .days(count) : nil
    case "month", "months": return (0...120).contains(count) ? .months(count) : nil
    default: return nil
    }
  }
}
