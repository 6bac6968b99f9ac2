import Kernel
import Operations
import TestSupport
import Testing

@testable import AdminProtocol

/// Random commands, cut into random pieces, with work that ends in random order, against the few lines of a model that takes
/// one command after the other.
@Suite struct RandomWalkTests {
  private struct Model {
    var isKnown: Bool
    /// And not by AUTH.
    var isKnownByHost: Bool
    var hasRead = false
    var strangers = 0
    var replies: [String] = []
    var runs: [String] = []
    var isOver = false

    mutating func take(_ line: Line, _ tag: String) {
      guard !isOver else { return }
      if case .framing = line { return end("* 300") }
      if case .syntax = line {
        replies.append("\(tag) 300")
        isOver = !isKnown || !hasRead
        return
      }
      hasRead = true
      if !isKnown { strangers += 1 }
      if strangers > 3 { return end("\(tag) 313") }
      switch line {
      case .syntax, .framing: break
      case .hello, .lang, .format: replies.append("\(tag) 200")
      case .unknown: replies.append("\(tag) 304")
      case .auth(let isGood):
        if isKnown, !isKnownByHost { return replies.append("\(tag) 309") }
        strangers = 0
        isKnownByHost = false
        runs.append("authenticate")
        isKnown = isGood
        isGood ? replies.append("\(tag) 200") : end("\(tag) 401")
      case .choose: isKnown ? run("choose", "\(tag) 200") : replies.append("\(tag) 401")
      case .read: isKnown ? run("customer.list", "\(tag) 200") : replies.append("\(tag) 401")
      case .write: isKnown ? run("customer.create", "\(tag) 201") : replies.append("\(tag) 401")
      case .login: run("session.open", "\(tag) 201")
      case .quit: end("\(tag) 200")
      }
    }

    private mutating func run(_ name: String, _ reply: String) {
      runs.append(name)
      replies.append(reply)
    }

    private mutating func end(_ reply: String) {
      replies.append(reply)
      isOver = true
    }
  }

  private enum Line {
    case hello, lang, format, unknown, choose, read, write, login, quit, syntax, framing
    case auth(isGood: Bool)

    func text(_ tag: String) -> String {
      let command =
        switch self {
        case .hello: "HELLO"
        case .lang: "LANG zh-Hans"
        case .format: "FORMAT text"
        case .unknown: "customer destroy"
        case .choose: "AS tenant=ACME"
        case .read: "customer list limit={1}\r\n1"
        case .write: "customer create code=A name={6}\r\nA\r\nB\n "
        case .login: "session open tenant=A login=b password=c"
        case .quit: "QUIT"
        case .syntax: "customer list limit=\"1"
        case .framing: "customer list\nx"
        case .auth(let isGood): "AUTH token=\(isGood ? "good" : "bad")"
        }
      return "\(tag) \(command)\r\n"
    }

    static func random(_ random: inout SplitMix64) -> Line {
      switch Int.random(in: 0..<40, using: &random) {
      case 0..<3: .hello
      case 3: .lang
      case 4: .format
      case 5: .unknown
      case 6: .choose
      case 7..<20: .read
      case 20..<28: .write
      case 28..<30: .login
      case 30..<36: .auth(isGood: Int.random(in: 0..<5, using: &random) > 0)
      case 36: .quit
      case 37, 38: .syntax
      default: .framing
      }
    }
  }

  @Test(arguments: 0..<8) func theSessionDoesWhatTheModelSays(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<400 {
      let known = Bool.random(using: &random)
      var model = Model(isKnown: known, isKnownByHost: known)
      var limits = AdminLimits()
      limits.waitingCommands = Int.random(in: 1...10, using: &random)
      limits.readsTogether = Int.random(in: 1...5, using: &random)
      var driver = try SessionDriver(known: known, limits: limits)
      var bytes: [UInt8] = []
      for index in 0..<Int.random(in: 1...25, using: &random) {
        let line = Line.random(&random)
        bytes += line.text("@\(index)").utf8
        model.take(line, "@\(index)")
      }
      var rest = bytes[...]
      while !rest.isEmpty || !driver.pending.isEmpty {
        let feeds = driver.pending.isEmpty || (driver.session.wantsInput && Bool.random(using: &random))
        if feeds, !rest.isEmpty {
          let count = Int.random(in: 1...60, using: &random)
          driver.feed(rest.prefix(count))
          rest = rest.dropFirst(count)
        } else if Int.random(in: 0..<10, using: &random) == 0 {
          driver.writable(false)
          driver.writable(true)
        } else {
          driver.complete(Int.random(in: 0..<max(1, driver.pending.count), using: &random))
        }
      }
      #expect(driver.replies == model.replies)
      #expect(driver.started == model.runs)
      #expect(driver.isClosed == model.isOver)
    }
  }
}
