extension APILock {
  /// What in `new` would break a client that was written against `old`; empty when nothing does. Texts of ``text(_:)``.
  ///
  /// New operations, new outputs and new optional inputs break nobody. A field that is gone, a type that differs, a
  /// range or choice that takes less, and a demand that is new do.
  package static func breaking(_ old: String, _ new: String) -> [String] {
    let before = facts(old)
    let after = facts(new)
    let newOperations = Set(after.keys.map(\.operation)).subtracting(before.keys.map(\.operation))
    var breaks: [String] = []
    for (key, fact) in before.sorted(by: { $0.key < $1.key }) {
      guard let now = after[key] else {
        breaks.append("\(key) is gone")
        continue
      }
      breaks += fact.narrowed(to: now).map { "\(key) \($0)" }
    }
    for (key, fact) in after.sorted(by: { $0.key < $1.key }) where before[key] == nil && key.kind == "in" && !newOperations.contains(key.operation) {
      // Inside a new object or list nothing is sent yet.
      let isInsideNew = before.keys.contains(key) || after.keys.contains { before[$0] == nil && $0.contains(key) }
      if fact.marks.contains("required"), !isInsideNew { breaks.append("\(key) is new and required") }
    }
    return breaks
  }

  private struct Key: Hashable, Comparable, CustomStringConvertible {
    let operation: String
    /// `route`, `in` or `out`.
    let kind: String
    /// Empty for the route.
    let path: String

    /// Whether `other` is a field inside this one.
    func contains(_ other: Key) -> Bool {
      operation == other.operation && kind == other.kind && (other.path.hasPrefix(path + ".") || other.path.hasPrefix(path + "["))
    }

    static func < (left: Key, right: Key) -> Bool { (left.operation, left.kind, left.path) < (right.operation, right.kind, right.path) }

    var description: String { path.isEmpty ? "\(operation) \(kind)" : "\(operation) \(kind) \(path)" }
  }

  private struct Fact {
    let type: String
    /// `least`, `most` and `of`.
    let limits: [String: String]
    let marks: Set<String>

    init(_ words: [Substring]) {
      let pairs = words.dropFirst().filter { $0.contains("=") }.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
      type = words.first.map(String.init) ?? ""
      limits = Dictionary(pairs.map { (String($0[0]), String($0[1])) }, uniquingKeysWith: { first, _ in first })
      marks = Set(words.dropFirst().filter { !$0.contains("=") }.map(String.init))
    }

    func narrowed(to now: Fact) -> [String] {
      // One line of text may grow to several, and a closed list may open; nothing else changes its type unnoticed.
      let isOpened = type == "choice" && now.type == "text" && choices.allSatisfy { Int64($0.count) <= now.number("most") ?? 0 }
      guard type == now.type || isOpened || (type == "text" && now.type == "lines") else { return ["was \(type), is \(now.type)"] }
      var narrowed: [String] = []
      if let least = number("least"), let leastNow = now.number("least"), leastNow > least { narrowed.append("takes less: least \(least), now \(leastNow)") }
      if let most = number("most"), let mostNow = now.number("most"), mostNow < most { narrowed.append("takes less: most \(most), now \(mostNow)") }
      let gone = isOpened ? [] : choices.subtracting(now.choices)
      if !gone.isEmpty { narrowed.append("no longer takes \(gone.sorted().joined(separator: ", "))") }
      if now.marks.contains("required"), !marks.contains("required") { narrowed.append("is required now") }
      if marks.contains("clearable"), !now.marks.contains("clearable") { narrowed.append("can no longer be null") }
      if now.marks.contains("if-match"), !marks.contains("if-match") { narrowed.append("demands If-Match now") }
      return narrowed
    }

    private func number(_ name: String) -> Int64? { limits[name].flatMap { Int64($0) } }
    private var choices: Set<Substring> { Set((limits["of"] ?? "").split(separator: "|")) }
  }

  private static func facts(_ text: String) -> [Key: Fact] {
    var facts: [Key: Fact] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      guard words.count >= 4 else { continue }
      if words[1] == "route" {
        // Method and path are the route's type.
        facts[Key(operation: String(words[0]), kind: "route", path: "")] = Fact(["\(words[2]) \(words[3])"] + words.dropFirst(4))
      } else {
        facts[Key(operation: String(words[0]), kind: String(words[1]), path: String(words[2]))] = Fact(Array(words.dropFirst(3)))
      }
    }
    return facts
  }
}
