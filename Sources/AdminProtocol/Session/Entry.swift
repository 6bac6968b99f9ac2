import Kernel
import Operations

extension AdminSession {
  /// What a command's words name.
  enum Meaning: Sendable {
    case session(SessionCommand)
    case operation(RegisteredOperation)
    case unknown
  }

  /// A command on its way to its reply.
  struct Entry: Sendable {
    enum Content: Sendable {
      case command(AdminCommand, Meaning)
      case malformed(SyntaxError, tag: String?, closes: Bool)
      case broken(FramingError)
    }

    enum Step: Sendable {
      /// May go to `running`, `done`.
      case waiting
      /// May go to `done`.
      case running(Running)
      case done(WrittenReply)
    }

    let number: Int
    let byteCount: Int
    let content: Content
    var step = Step.waiting

    var isWaiting: Bool { if case .waiting = step { true } else { false } }
    var isRunning: Bool { if case .running = step { true } else { false } }

    /// Whether it changes nothing, neither data nor the session.
    var isRead: Bool {
      guard case .command(_, .operation(let operation)) = content else { return false }
      return !operation.declaration.effect.writes
    }

    var tag: ReplyTag {
      switch content {
      case .command(let command, _): .command(command.tag)
      case .malformed(_, let tag, _): .command(tag)
      case .broken: .connection
      }
    }
  }

  struct Running: Sendable {
    enum Purpose: Sendable {
      case authentication, choice
      case operation(RegisteredOperation)
    }

    /// The correlation id.
    let id: String
    /// The idempotency key, if a repeated call is done once.
    let key: String?
    let purpose: Purpose
  }

  struct WrittenReply: Sendable {
    let bytes: [UInt8]
    let kind: ReplyCode.Class
    let closes: Bool
  }

  /// What becomes of a command whose turn has come.
  enum Beginning {
    case reply(AdminReply, closes: Bool)
    case work(Running, Work)
  }
}
