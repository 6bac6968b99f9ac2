import Foundation

/// The SQL texts of the `Statement` types, read from the sources: constant expressions of literals, of other constants,
/// and of both joined by `+` or interpolated. A type that is added is found without anyone remembering.
struct SourceStatements {
  struct Found: Sendable {
    /// `Type` or `Outer.Type`.
    let name: String
    let file: String
    /// Nil when the expression is more than a constant text.
    let sql: String?
  }

  private static let types: Set<Substring> = ["struct", "enum", "class", "extension", "actor", "protocol"]
  private static let modifiers: Set<Substring> = ["package", "private", "fileprivate", "final"]

  private(set) var statements: [Found] = []
  /// Constants by `Type.member`.
  private var constants: [String: String] = [:]

  init(folder: URL) throws {
    let files = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).filter {
      // The measures have a table of pgbench's, which no product has.
      $0.hasSuffix(".swift") && !$0.hasPrefix("steward-bench/")
    }.sorted()
    var sources: [(file: String, text: String)] = []
    for file in files {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      // SQL is only where Postgres is imported; reading all else costs a minute in a debug build.
      if file.contains("/Store/") || text.contains("import Postgres") || text.contains("static let sql") { sources.append((file, text)) }
    }
    var declared: [(name: String, file: String)] = []
    for source in sources { declared += read(source.file, source.text) }
    statements = declared.map { Found(name: $0.name, file: $0.file, sql: value(of: "\($0.name).sql", depth: 0)) }
  }

  init(text: String) {
    let declared = read("fixture", text)
    statements = declared.map { Found(name: $0.name, file: $0.file, sql: value(of: "\($0.name).sql", depth: 0)) }
  }

  /// Collects the constants of a file; returns the types that declare `sql` and are statements.
  private mutating func read(_ file: String, _ text: String) -> [(name: String, file: String)] {
    var declared: [(name: String, file: String)] = []
    // The types around a line, by indentation: the formatter keeps two spaces a level.
    var around: [(indent: Int, name: String)] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var index = 0
    while index < lines.count {
      let line = lines[index]
      let indent = line.prefix { $0 == " " }.count
      let words = line.split(separator: " ", maxSplits: 4)
      if let place = words.firstIndex(where: { Self.types.contains($0) }), place + 1 < words.count, words[..<place].allSatisfy(Self.modifiers.contains) {
        around.removeAll { $0.indent >= indent }
        around.append((indent, String(words[place + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })))
      }
      if words.prefix(3).contains("static"),
        let match = line.firstMatch(of: /^\s*(?:package |private |fileprivate )*static (?:let|var) ([A-Za-z0-9_]+)(?:: String)? =(.*)$/)
      {
        around.removeAll { $0.indent >= indent }
        var expression = String(match.2)
        let quotes = expression.components(separatedBy: "\"\"\"").count - 1
        if quotes == 1 {
          repeat {
            index += 1
            expression += "\n" + lines[index]
          } while index + 1 < lines.count && !lines[index].trimmingCharacters(in: .whitespaces).hasPrefix("\"\"\"")
        } else if expression.trimmingCharacters(in: .whitespaces).isEmpty {
          while index + 1 < lines.count, lines[index + 1].prefix(while: { $0 == " " }).count > indent {
            index += 1
            expression += "\n" + lines[index]
          }
        }
        while index + 1 < lines.count, lines[index + 1].trimmingCharacters(in: .whitespaces).hasPrefix("+ ") {
          index += 1
          expression += "\n" + lines[index]
        }
        let type = around.last?.name ?? ""
        constants["\(type).\(match.1)"] = expression
        if match.1 == "sql" { declared.append((type, file)) }
      }
      index += 1
    }
    return declared
  }

  private func value(of name: String, depth: Int) -> String? {
    guard depth < 8, let expression = constants[name] else { return nil }
    return value(expression, in: String(name.split(separator: ".").dropLast().joined(separator: ".")), depth: depth)
  }

  /// A sum of literals and names.
  private func value(_ expression: String, in type: String, depth: Int) -> String? {
    var rest = Substring(expression)
    var result = ""
    while true {
      rest = rest.drop { $0.isWhitespace }
      if rest.hasPrefix("\"\"\"") {
        rest = rest.dropFirst(3)
        guard let end = rest.range(of: "\"\"\"") else { return nil }
        guard let text = filled(String(rest[..<end.lowerBound]), in: type, depth: depth) else { return nil }
        result += text
        rest = rest[end.upperBound...]
      } else if rest.hasPrefix("\"") {
        rest = rest.dropFirst()
        var literal = ""
        while let character = rest.first, character != "\"" {
          literal.append(character)
          rest = rest.dropFirst()
          if character == "\\", let next = rest.first {
            literal.append(next)
            rest = rest.dropFirst()
          }
        }
        rest = rest.dropFirst()
        guard let text = filled(literal, in: type, depth: depth) else { return nil }
        result += text
      } else if let match = rest.prefixMatch(of: /[A-Za-z0-9_.]+/) {
        guard let text = named(String(match.0), in: type, depth: depth) else { return nil }
        result += text
        rest = rest[match.range.upperBound...]
      } else {
        return nil
      }
      rest = rest.drop { $0.isWhitespace }
      guard rest.first == "+" else { return rest.isEmpty ? result : nil }
      rest = rest.dropFirst()
    }
  }

  private func named(_ name: String, in type: String, depth: Int) -> String? {
    let plain = name.hasPrefix("Self.") ? String(name.dropFirst(5)) : name
    return value(of: plain.contains(".") ? plain : "\(type).\(plain)", depth: depth + 1)
  }

  /// A literal with its interpolations and escapes.
  private func filled(_ literal: String, in type: String, depth: Int) -> String? {
    var result = ""
    var rest = Substring(literal)
    while let open = rest.range(of: "\\(") {
      guard let close = rest[open.upperBound...].firstIndex(of: ")") else { return nil }
      guard let text = named(String(rest[open.upperBound..<close]), in: type, depth: depth) else { return nil }
      result += rest[..<open.lowerBound] + text
      rest = rest[rest.index(after: close)...]
    }
    return (result + rest).replacingOccurrences(of: "\\\n", with: "").replacingOccurrences(of: "\\\"", with: "\"").replacingOccurrences(of: "\\\\", with: "\\")
  }
}
