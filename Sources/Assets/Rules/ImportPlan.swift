import Kernel
import Operations
import TypedFields

/// What the lines of a file would do to what there is. Nothing is guessed: a line that could mean two things is refused.
struct ImportPlan: Sendable {
  /// All that the lines may name.
  struct Book: Sendable {
    /// By code.
    var types: [String: (row: CiTypeRow, rule: AttributeRule)] = [:]
    /// By e-mail address.
    var persons: [String: CiContent.Reference] = [:]
    /// By ``MatchKey`` of the name.
    var units: [String: [CiContent.Reference]] = [:]
    var tiers: Set<String> = []
    var services: [String: CiContent.Service] = [:]
    /// By the key that lines are matched by.
    var known: [String: [CiRow]] = [:]
    var setsCosts = false
  }

  enum Outcome: Sendable {
    case created(CiTypeRow, CiContent)
    case changed(CiRow, CiContent)
    case unchanged(CiRow)
    case refused([Failure.Violation])
  }

  let outcomes: [(line: Int64, outcome: Outcome)]

  /// So many things that are wrong with a line are told.
  static let mostProblems = 20

  init(_ lines: [ImportLine], match: MatchBy, _ book: Book) {
    let numbers = lines.places
    let keys = lines.map { $0.key(match) }
    var places: [String: [Int64]] = [:]
    for (key, number) in zip(keys, numbers) { if let key { places[key, default: []].append(number) } }
    outcomes = lines.indices.map { index in
      let number = numbers[index]
      func refused(_ message: Message, _ arguments: [String: String]) -> (line: Int64, outcome: Outcome) {
        (number, .refused([Failure.Violation(path: match.field, message, arguments)]))
      }
      guard let key = keys[index] else { return refused(AssetsMessages.needsKey, ["match": match.field]) }
      // Of lines that mean the same CI none is right.
      if let same = places[key], same.count > 1 {
        return refused(AssetsMessages.repeated, ["match": match.field, "line": String(same[0] == number ? same[1] : same[0])])
      }
      return (number, Self.outcome(of: lines[index], book.known[key] ?? [], match, book))
    }
  }

  var refused: Int { outcomes.count { if case .refused = $0.outcome { true } else { false } } }

  private static func outcome(of line: ImportLine, _ known: [CiRow], _ match: MatchBy, _ book: Book) -> Outcome {
    let meant = known.meant(evenDisposed: line.state == CiState.disposed.rawValue)
    func refused(_ message: Message, _ arguments: [String: String] = [:]) -> Outcome {
      .refused([Failure.Violation(path: match.field, message, arguments.merging(["match": match.field]) { $1 })])
    }
    guard meant.count <= 1 else { return refused(AssetsMessages.ambiguous, ["count": String(meant.count)]) }
    var reading = ImportReading(line: line, book: book)
    guard let row = meant.first else {
      guard let (type, content) = reading.new() else { return .refused(Array(reading.violations.prefix(mostProblems))) }
      return .created(type, content)
    }
    guard let content = reading.applied(to: row) else { return .refused(Array(reading.violations.prefix(mostProblems))) }
    if content == row.content { return .unchanged(row) }
    // A successor must not be written over the one that it succeeds.
    guard row.content.state.isLive || line.state != nil else { return refused(AssetsMessages.onlyRetired) }
    return .changed(row, content)
  }
}

/// Reads one line, and collects what is wrong with it.
struct ImportReading: Sendable {
  let line: ImportLine
  let book: ImportPlan.Book
  private(set) var violations: [Failure.Violation] = []

  init(line: ImportLine, book: ImportPlan.Book) {
    self.line = line
    self.book = book
  }

  /// Nil: the line is refused.
  mutating func new() -> (type: CiTypeRow, content: CiContent)? {
    if line.name == nil { refuse("name", AssetsMessages.needed) }
    guard let code = line.type else { return refuse("type", AssetsMessages.needed) }
    guard let type = book.types[code] else { return refuse("type", AssetsMessages.unknownType, ["type": code.shown]) }
    if !type.row.isActive { refuse("type", AssetsMessages.typeRetired, ["type": code]) }
    var content = CiContent(name: line.name ?? "", state: .inUse)
    if let state = state() { content.state = state }
    read(into: &content, type, isNew: true)
    content.typeRevision = type.row.seq
    return violations.isEmpty ? (type.row, content) : nil
  }

  /// Nil: the line is refused.
  mutating func applied(to row: CiRow) -> CiContent? {
    if let code = line.type, code != row.typeCode { refuse("type", AssetsMessages.typeStays, ["type": row.typeCode]) }
    var content = row.content
    if let state = state(), state != content.state {
      let allowed = content.state.next.map(\.rawValue).sorted().joined(separator: ", ")
      if !content.state.mayGo(to: state) {
        refuse(
          "state", AssetsMessages.badTransition,
          ["state": content.state.rawValue, "next": state.rawValue, "allowed": allowed.isEmpty ? "-" : allowed])
      }
      content.state = state
    }
    guard let type = book.types[row.typeCode] else { return refuse("type", AssetsMessages.unknownType, ["type": row.typeCode]) }
    read(into: &content, type, isNew: false)
    return violations.isEmpty ? content : nil
  }

  private mutating func read(into content: inout CiContent, _ type: (row: CiTypeRow, rule: AttributeRule), isNew: Bool) {
    let rule = type.rule
    if let name = line.name, isPlain(name, "name", most: 200) { content.name = name }
    if let serial = line.serial, isPlain(serial, "serial", most: 100), !Self.isSame(serial, content.serial) { content.serial = serial }
    if let tag = line.assetTag, isPlain(tag, "assetTag", most: 100), !Self.isSame(tag, content.assetTag) { content.assetTag = tag }
    readReferences(into: &content)
    if let text = line.warrantyUntil {
      if let day = CalendarDate(text) { content.warrantyUntil = day } else { refuse("warrantyUntil", InputMessages.notADate) }
    }
    readCost(into: &content)
    let told = line.attributes.prefix(AttributeRule.most + 1).map { member in
      guard let text = member.value.text else { return member }
      guard let definition = rule.definitions.first(where: { $0.key == member.name }) else {
        // Of a type that has it no more.
        return content.attributes[member.name].flatMap { AttributeRule.isSame(text, $0) ? Value.Member(member.name, $0) : nil } ?? member
      }
      return Value.Member(member.name, AttributeRule.value(ofText: text, definition))
    }
    let (attributes, problems) = rule.applied(told, to: content.attributes, isNew: isNew)
    content.tell(attributes, by: type.row.seq)
    violations += problems
  }

  /// Another way of writing the same number or tag is no change.
  private static func isSame(_ text: String, _ known: String?) -> Bool { known.map(MatchKey.of) == MatchKey.of(text) }

  private mutating func readReferences(into content: inout CiContent) {
    if let email = line.owner {
      if let person = book.persons[LoginName.canonical(email)] { content.owner = person } else { refuse("owner", AssetsMessages.unknownOwner) }
    }
    if let name = line.unit {
      let units = book.units[MatchKey.of(name)] ?? []
      if units.count == 1 { content.unit = units.first } else { refuse("unit", units.isEmpty ? AssetsMessages.unknownUnit : AssetsMessages.ambiguousUnit) }
    }
    if let tier = line.tier {
      if book.tiers.contains(tier) { content.tier = tier } else { refuse("ciTier", AssetsMessages.unknownTier, ["tier": tier.shown]) }
    }
    if let code = line.service {
      if let service = book.services[code] {
        content.service = service
      } else {
        refuse("service", AssetsMessages.unknownService, ["service": code.shown])
      }
    }
  }

  private mutating func readCost(into content: inout CiContent) {
    guard line.cost != nil || line.currency != nil else { return }
    guard book.setsCosts else { return refuse("cost", AssetsMessages.costHidden) }
    guard let cost = line.cost, let currency = line.currency else {
      return refuse(line.cost == nil ? "cost" : "currency", AssetsMessages.costAndCurrency)
    }
    do throws(Failure) { content.cost = try CostRule.money(cost, currency) } catch { violations += error.violations }
  }

  private mutating func state() -> CiState? {
    guard let text = line.state else { return nil }
    guard let state = CiState(rawValue: text) else {
      return refuse("state", AssetsMessages.unknownState, ["allowed": CiState.allCases.map(\.rawValue).joined(separator: ", ")])
    }
    return state
  }

  private mutating func isPlain(_ text: String, _ field: String, most: Int) -> Bool {
    // As where one line is typed.
    if let mark = text.unicodeScalars.first(where: \.deceives) {
      refuse(field, InputMessages.deceivingMark, ["mark": mark.codePoint])
      return false
    }
    let isPlain = text.unicodeScalars.count <= most && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    if !isPlain { refuse(field, AssetsMessages.tooLong, ["most": String(most)]) }
    return isPlain
  }

  private mutating func refuse(_ field: String, _ message: Message, _ arguments: [String: String] = [:]) {
    violations.append(Failure.Violation(path: field, message, arguments))
  }

  /// - Returns: nothing to go on with.
  private mutating func refuse<Nothing>(_ field: String, _ message: Message, _ arguments: [String: String] = [:]) -> Nothing? {
    refuse(field, message, arguments) as Void
    return nil
  }
}
