/// Bytes in, commands out: cuts what arrives into lines and literals and reads them. It holds at most one command and what
/// it was fed since; a command that is not complete never comes out, in no part.
package struct CommandDecoder: Sendable {
  package struct Limits: Sendable {
    /// Of a command's segments together, without line ends and literals.
    package var lineBytes = 8 << 10
    /// Of a command's literals together.
    package var literalBytes = 1 << 20

    package init() {}
  }

  package enum Frame: Equatable, Sendable {
    /// With the bytes that it took.
    case command(AdminCommand, byteCount: Int)
    /// A line that cannot be read; its end is known, unless `isFatal`: then nothing more comes out.
    case malformed(SyntaxError, tag: String?, isFatal: Bool)
    /// Nothing more comes out.
    case broken(FramingError)
  }

  private enum State {
    /// Inside a segment; may go to `literal`, to `line` again with the next command, to `ended`.
    case line
    /// Inside the octets of a literal; may go to `line`.
    case literal(key: String, left: Int)
    case ended
  }

  private let limits: Limits
  private var state = State.line
  private var buffer: [UInt8] = []
  /// Where the segment begins, and how far it is known to hold no line end.
  private var start = 0
  private var scanned = 0
  private var command = SegmentReader.Command()
  private var isContinued = false
  private var lineBytes = 0
  private var literalBytes = 0
  private var literal: [UInt8] = []
  /// What is wrong with a literal; told when the command is whole.
  private var poison: SyntaxError?
  private var taken = 0

  /// How many bytes may be taken in all; nil once the client is known.
  package var budget: Int?

  package init(limits: Limits = Limits(), budget: Int? = nil) {
    self.limits = limits
    self.budget = budget
  }

  /// Bytes that were fed and not looked at yet, or not to their end.
  package var pendingByteCount: Int { buffer.count - start }

  /// Whether a command has begun that is not complete.
  package var isInsideCommand: Bool {
    guard case .ended = state else { return isContinued || pendingByteCount > 0 || lineBytes > 0 }
    return false
  }

  package mutating func feed(_ bytes: some Collection<UInt8>) {
    if case .ended = state { return }
    if start > 0 {
      buffer.removeFirst(start)
      scanned -= start
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next command, or what is wrong; nil until more is fed.
  package mutating func next() -> Frame? {
    while true {
      switch state {
      case .ended: return nil
      case .literal(let key, let left):
        takeLiteral(key, left)
        if let budget, taken + pendingByteCount > budget { return broken(.tooMuch) }
        if case .literal = state { return nil }
      case .line:
        let end: Int
        switch lineEnd() {
        case .none:
          if let budget, taken + pendingByteCount > budget { return broken(.tooMuch) }
          return nil
        case .failure(let error): return broken(error)
        case .success(let found): end = found
        }
        if let frame = takeSegment(end) { return frame }
      }
    }
  }

  private mutating func broken(_ error: FramingError) -> Frame {
    end()
    return .broken(error)
  }

  private mutating func end() {
    state = .ended
    buffer = []
    literal = []
    start = 0
    scanned = 0
  }

  /// The position of the CR LF that ends the segment; nil if it has not come.
  private mutating func lineEnd() -> Result<Int, FramingError>? {
    scanned = max(scanned, start)
    while scanned < buffer.count {
      let byte = buffer[scanned]
      if byte == 0x0a { return .failure(.lineEnd) }
      if byte == 0x0d {
        guard scanned + 1 < buffer.count else { break }
        return buffer[scanned + 1] == 0x0a ? .success(scanned) : .failure(.lineEnd)
      }
      scanned += 1
      if lineBytes + scanned - start > limits.lineBytes { return .failure(.lineTooLong) }
    }
    return nil
  }

  private mutating func takeSegment(_ end: Int) -> Frame? {
    let segment = buffer[start..<end]
    taken += end + 2 - start
    lineBytes += end - start
    start = end + 2
    scanned = start
    if let budget, taken > budget { return broken(.tooMuch) }
    var reader = SegmentReader(segment)
    do throws(SyntaxError) {
      let announcement = isContinued ? try reader.proceed(&command) : try reader.begin(&command)
      guard let announcement else { return complete() }
      let (sum, overflow) = literalBytes.addingReportingOverflow(announcement.byteCount)
      guard !overflow, sum <= limits.literalBytes else { return broken(.literalTooLong) }
      literalBytes = sum
      isContinued = true
      state = .literal(key: announcement.key, left: announcement.byteCount)
      return nil
    } catch {
      // It might have announced a literal, whose octets must not be taken for commands.
      let isFatal = segment.last == UInt8(ascii: "}")
      let tag = command.tag
      reset()
      if isFatal { self.end() }
      return .malformed(poison ?? error, tag: tag, isFatal: isFatal)
    }
  }

  private mutating func takeLiteral(_ key: String, _ left: Int) {
    let count = min(left, pendingByteCount)
    literal += buffer[start..<start + count]
    start += count
    scanned = start
    taken += count
    state = .literal(key: key, left: left - count)
    guard count == left else { return }
    if literal.contains(0) {
      poison = .characters
    } else if let text = String(validating: literal, as: UTF8.self) {
      command.arguments.append(AdminCommand.Argument(key, text))
    } else {
      poison = .characters
    }
    literal = []
    state = .line
  }

  private mutating func complete() -> Frame {
    let (command, error, byteCount) = (command, poison, lineBytes + literalBytes)
    reset()
    if let error { return .malformed(error, tag: command.tag, isFatal: false) }
    return .command(AdminCommand(tag: command.tag, words: command.words, arguments: command.arguments), byteCount: byteCount)
  }

  private mutating func reset() {
    command = SegmentReader.Command()
    isContinued = false
    lineBytes = 0
    literalBytes = 0
    poison = nil
  }
}
