/// A point in time: microseconds since 1970-01-01T00:00:00Z, as PostgreSQL's `timestamptz` holds it.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Whole seconds since 1970, saturating at the ends of the range.
  package init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    microseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Saturating: no instant from outside can trap the process.
  package func adding(seconds: Int64) -> Instant {
    let (delta, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflow2) = microseconds.addingReportingOverflow(delta)
    guard !overflow, !overflow2 else { return Instant(microseconds: seconds < 0 ? .min : .max) }
    return Instant(microseconds: sum)
  }

  /// The day in UTC.
  package var utcDay: CalendarDate { CalendarDate(daysSinceEpoch: seconds.flooredQuotient(by: 86_400)) }

  package static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

  /// The range the API accepts: 1970-01-01 to the end of 9999. Inside it no arithmetic of this type saturates.
  package static let accepted = Instant(seconds: 0)...Instant(seconds: 253_402_300_799)

  /// RFC 3339 in UTC, with a fraction only where there is one: `2026-03-01T08:00:00Z`.
  package var description: String {
    let day = utcDay
    let second = seconds.flooredRemainder(by: 86_400)
    let (year, month, dayOfMonth) = day.parts
    // Only what the API does not accept is longer.
    guard (0...9999).contains(year) else { return "\(day)T\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))Z" }
    return String(unsafeUninitializedCapacity: 27) { buffer in
      var writer = DigitWriter(buffer)
      writer.add(year, 4, then: "-")
      writer.add(month, 2, then: "-")
      writer.add(dayOfMonth, 2, then: "T")
      writer.add(second / 3600, 2, then: ":")
      writer.add(second / 60 % 60, 2, then: ":")
      let fraction = microseconds.flooredRemainder(by: 1_000_000)
      writer.add(second % 60, 2, then: fraction == 0 ? "Z" : ".")
      if fraction != 0 {
        var (digits, width) = (fraction, 6)
        while digits % 10 == 0 { (digits, width) = (digits / 10, width - 1) }
        writer.add(digits, width, then: "Z")
      }
      return writer.count
    }
  }

  /// Reads RFC 3339 (`2026-03-01T08:00:00Z`, `...+01:00`, up to six decimals). Nil for anything else, for a date that
  /// does not exist, a leap second, and anything outside ``accepted``.
  package init?(_ text: String) {
    var scanner = DigitScanner(text)
    guard let date = scanner.date(), scanner.skip("T") || scanner.skip("t"),
      let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
      let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
      let second = scanner.number(digits: 2), second < 60
    else { return nil }
    var fraction: Int64 = 0
    if scanner.skip(".") {
      guard let read = scanner.fraction(digits: 6) else { return nil }
      fraction = read
    }
    var offset: Int64 = 0
    if !scanner.skip("Z"), !scanner.skip("z") {
      let sign: Int64
      if scanner.skip("+") { sign = 1 } else if scanner.skip("-") { sign = -1 } else { return nil }
      guard let hours = scanner.number(digits: 2), hours < 24, scanner.skip(":"), let minutes = scanner.number(digits: 2), minutes < 60
      else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard scanner.isAtEnd else { return nil }
    let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
    let instant = Instant(microseconds: seconds * 1_000_000 + fraction)
    guard Self.accepted.contains(instant) else { return nil }
    self = instant
  }
}

/// Writes zero-padded decimals into a buffer that is large enough.
private struct DigitWriter {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    self.buffer = buffer
  }

  mutating func add(_ number: Int64, _ width: Int, then mark: Unicode.Scalar) {
    var rest = number
    for place in stride(from: count + width - 1, through: count, by: -1) {
      buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    buffer[count + width] = UInt8(ascii: mark)
    count += width + 1
  }
}

/// Zero-padded decimal of a non-negative number.
package func pad(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Int64 {
  /// Division that rounds towards minus infinity; `divisor` is a positive constant.
  package func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The remainder that belongs to ``flooredQuotient(by:)``: always in `0..<divisor`.
  package func flooredRemainder(by divisor: Int64) -> Int64 {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
