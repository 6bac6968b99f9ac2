/// PostgreSQL's binary `numeric`: a head of four 16-bit words (how many digits, the power of the first, the sign, the
/// decimals to show) and the digits to the base 10,000. On our side a decimal is its text, so nothing is ever rounded.
enum DecimalForm {
  private static let negative: UInt16 = 0x4000
  /// Longer texts are refused: nothing that Steward stores comes near, and the words of the head must not overflow.
  static let digitLimit = 1000

  /// Reads `[-]digits[.digits]`; false, with nothing appended, for anything else.
  static func encode(_ text: String, to bytes: inout [UInt8]) -> Bool {
    var rest = Array(text.utf8)[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    guard rest.count <= digitLimit + 1 else { return false }
    let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return false }
    let fraction = parts.count == 2 ? parts[1] : []
    let decimalDigits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard whole.allSatisfy(decimalDigits.contains), fraction.allSatisfy(decimalDigits.contains) else { return false }

    let zero = UInt8(ascii: "0")
    let padded =
      [UInt8](repeating: zero, count: (4 - whole.count % 4) % 4) + whole + fraction + [UInt8](repeating: zero, count: (4 - fraction.count % 4) % 4)
    var groups = stride(from: 0, to: padded.count, by: 4).map { start in
      padded[start..<start + 4].reduce(Int16(0)) { $0 * 10 + Int16($1 - zero) }
    }[...]
    var weight = (whole.count + 3) / 4 - 1
    while groups.first == 0 {
      groups.removeFirst()
      weight -= 1
    }
    while groups.last == 0 { groups.removeLast() }
    if groups.isEmpty { weight = 0 }

    bytes.append(bigEndian: Int16(groups.count))
    bytes.append(bigEndian: Int16(weight))
    bytes.append(bigEndian: isNegative && !groups.isEmpty ? negative : 0)
    bytes.append(bigEndian: UInt16(fraction.count))
    for group in groups { bytes.append(bigEndian: group) }
    return true
  }

  /// Nil for NaN, the infinities and malformed bytes.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard let count = bytes.bigEndian(at: 0, as: UInt16.self).map(Int.init), let weight = bytes.bigEndian(at: 2, as: Int16.self).map(Int.init),
      let sign = bytes.bigEndian(at: 4, as: UInt16.self), sign == 0 || sign == negative,
      let decimals = bytes.bigEndian(at: 6, as: UInt16.self).map(Int.init), bytes.count == 8 + 2 * count
    else { return nil }

    /// The four decimal digits whose value is 10,000 to the given power.
    func group(_ power: Int) -> Substring {
      let index = weight - power
      let digits = index >= 0 && index < count ? bytes.bigEndian(at: 8 + 2 * index, as: UInt16.self) ?? 0 : 0
      return ("0000" + String(digits)).suffix(4)
    }
    var text = ""
    if weight >= 0 {
      for power in stride(from: weight, through: 0, by: -1) { text += group(power) }
    }
    text = String(text.drop { $0 == "0" })
    if text.isEmpty { text = "0" }
    if decimals > 0 {
      var fraction = ""
      for power in 1...(decimals + 3) / 4 { fraction += group(-power) }
      text += "." + fraction.prefix(decimals)
    }
    return sign == negative ? "-" + text : text
  }
}
