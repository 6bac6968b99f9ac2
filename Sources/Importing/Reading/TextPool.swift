import Foundation

/// Every distinct text of a log, once. A log repeats itself: 5 million fields of the one this was measured with hold
/// 150,000 different texts, so rows are kept as numbers of texts.
struct TextPool {
  typealias Index = UInt32

  private var bytes: [UInt8] = []
  /// Where each text ends; it begins where the one before ends.
  private var ends: [Int] = []
  /// Open addressing; a slot holds the number of a text plus one, or 0.
  private var slots = [UInt32](repeating: 0, count: 1 << 12)

  var count: Int { ends.count }

  /// The number of a text; a new one if it has not been seen. Nil for what cannot be stored as a text: invalid UTF-8,
  /// NUL and other control characters.
  mutating func index(of text: UnsafeRawBufferPointer) -> Index? {
    let mask = slots.count - 1
    var slot = Self.hash(text) & mask
    while slots[slot] != 0 {
      let candidate = slots[slot] - 1
      if equals(candidate, text) { return candidate }
      slot = (slot + 1) & mask
    }
    guard Self.isText(text), ends.count < Int(UInt32.max) - 1 else { return nil }
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    slots[slot] = UInt32(ends.count)
    if ends.count * 2 > slots.count { grow() }
    return UInt32(ends.count - 1)
  }

  func equals(_ index: Index, _ text: UnsafeRawBufferPointer) -> Bool {
    let range = range(index)
    guard range.count == text.count else { return false }
    guard let other = text.baseAddress, !text.isEmpty else { return true }
    return bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      return memcmp(base + range.lowerBound, other, text.count) == 0
    }
  }

  func withBytes<Result>(_ index: Index, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let range = range(index)
    return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  subscript(_ index: Index) -> String { withBytes(index) { String(decoding: $0, as: UTF8.self) } }

  private func range(_ index: Index) -> Range<Int> {
    let index = Int(index)
    return (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for index in 0..<UInt32(ends.count) {
      var slot = withBytes(index, Self.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = index + 1
    }
  }

  private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: text)
    return hasher.finalize() & Int.max
  }

  private static func isText(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let text = String(validating: text, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" || $0 == "\r" }
  }
}
