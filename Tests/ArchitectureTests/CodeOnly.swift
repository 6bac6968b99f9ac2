/// A Swift file's text without comments and without what string literals say, line by line as before. Code inside an
/// interpolation stays: it is code.
struct CodeOnly {
  private let input: [Character]
  private var position = 0
  private var output = ""

  static func text(_ source: String) -> String {
    var scanner = CodeOnly(input: Array(source))
    scanner.code(untilParenthesis: false)
    return scanner.output
  }

  private init(input: [Character]) {
    self.input = input
  }

  private func sees(_ text: String) -> Bool { input[position...].starts(with: text) }

  private mutating func skip(_ count: Int) {
    for character in input[position..<min(input.count, position + count)] where character.isNewline { output.append("\n") }
    position += count
  }

  private mutating func code(untilParenthesis: Bool) {
    var depth = 0
    while position < input.count {
      let character = input[position]
      if sees("//") {
        while position < input.count, !input[position].isNewline { position += 1 }
      } else if sees("/*") {
        blockComment()
      } else if character == "\"" || character == "#", let hashes = literalHashes() {
        literal(hashes: hashes)
      } else {
        if character == "(" { depth += 1 }
        if character == ")" {
          if untilParenthesis, depth == 0 { return }
          depth -= 1
        }
        output.append(character)
        position += 1
      }
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if sees("/*") {
        depth += 1
        skip(2)
      } else if sees("*/") {
        depth -= 1
        skip(2)
      } else {
        skip(1)
      }
    } while depth > 0 && position < input.count
  }

  /// The number of # before the quotation mark here; nil when no literal begins here.
  private func literalHashes() -> Int? {
    let hashes = input[position...].prefix { $0 == "#" }.count
    return position + hashes < input.count && input[position + hashes] == "\"" ? hashes : nil
  }

  private mutating func literal(hashes: Int) {
    let sharp = String(repeating: "#", count: hashes)
    position += hashes
    let quote = sees("\"\"\"") ? "\"\"\"" : "\""
    position += quote.count
    output.append("\"")
    while position < input.count, !sees(quote + sharp) {
      if sees("\\" + sharp + "(") {
        position += 2 + hashes
        output.append("(")
        code(untilParenthesis: true)
        output.append(")")
        position += 1
      } else {
        skip(sees("\\" + sharp) ? 2 + hashes : 1)
      }
    }
    output.append("\"")
    position += quote.count + hashes
  }
}
