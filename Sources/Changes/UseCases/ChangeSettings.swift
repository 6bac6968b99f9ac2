import Kernel
import Operations

/// A version of what the provider decides for all changes.
package struct ChangeSetting: OperationOutput {
  let seq: Int64
  let content: Value

  package static let fields: [OutputField<ChangeSetting>] = [
    OutputField("version", .integer, "Its version; 1: the stock one.", "版本；1 为内置版本。") { .integer($0.seq) },
    OutputField("content", .document, "What it says.", "内容。") { $0.content },
  ]
}

package enum ReadQuestionnaire: Operation {
  package static let declaration = Declaration(
    "risk_questionnaire.read", "Read the questions by which the risk of a change is judged.", zh: "查看变更风险问卷。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: NoInput, in context: OperationContext) async throws -> ChangeSetting {
    let (seq, content) = try await context.questionnaire()
    return ChangeSetting(seq: seq, content: content.stored)
  }
}

/// Changes that were judged before keep their answers, and the questions of then.
package enum ChangeQuestionnaire: Operation {
  package typealias Input = Questionnaire

  package static let declaration = Declaration(
    "risk_questionnaire.change", "Ask other questions from now on; what was judged before stands.", zh: "修订变更风险问卷；此前的评估不受影响。",
    permission: ChangeRights.manage, roles: ChangeRights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Questionnaire, in context: OperationContext) async throws -> ChangeSetting {
    try await context.revise("questionnaire", to: input.stored)
  }
}

package enum ReadChangePolicy: Operation {
  package static let declaration = Declaration(
    "change_policy.read", "Read who agrees to changes, by their risk.", zh: "查看变更审批策略。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: NoInput, in context: OperationContext) async throws -> ChangeSetting {
    let (seq, content) = try await context.changePolicy()
    return ChangeSetting(seq: seq, content: content.stored)
  }
}

package enum ChangeChangePolicy: Operation {
  package typealias Input = ChangePolicy

  package static let declaration = Declaration(
    "change_policy.change", "Say who agrees to changes that are submitted from now on.", zh: "修订变更审批策略（适用于此后提交的变更）。",
    permission: ChangeRights.manage, roles: ChangeRights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: ChangePolicy, in context: OperationContext) async throws -> ChangeSetting {
    try await context.revise("policy", to: input.stored)
  }
}

extension OperationContext {
  /// What holds where nothing was said yet.
  private static let stockVersion: Int64 = 1

  /// - Parameter version: nil: the one in force.
  func questionnaire(_ version: Int64? = nil) async throws -> (seq: Int64, content: Questionnaire) {
    guard version != Self.stockVersion, let found = try await transaction.first(SettingOf(provider: provider.id, kind: "questionnaire", seq: version)) else {
      return (Self.stockVersion, .stock)
    }
    return (found.seq, try stored(Questionnaire.self, found.content))
  }

  func changePolicy() async throws -> (seq: Int64, content: ChangePolicy) {
    guard let found = try await transaction.first(SettingOf(provider: provider.id, kind: "policy", seq: nil)) else { return (Self.stockVersion, try .stock()) }
    return (found.seq, try stored(ChangePolicy.self, found.content))
  }

  /// What was checked when it was written.
  func stored<Content: OperationInput>(_ type: Content.Type, _ value: Value) throws(Failure) -> Content {
    do throws(FieldError) {
      return try InputValues.read(type, from: value)
    } catch {
      throw Failure(.internal, OperationMessages.internalFault, debug: "\(type) as stored: \(error.violations.map(\.path))")
    }
  }

  fileprivate func revise(_ kind: String, to content: Value) async throws -> ChangeSetting {
    let current = try await transaction.first(SettingOf(provider: provider.id, kind: kind, seq: nil))?.seq ?? Self.stockVersion
    try requireVersion(current)
    subject(provider.publicId)
    let next = InsertSetting(provider: provider.id, kind: kind, seq: current + 1, content: content, principal: principal, now: now)
    guard let seq = try await transaction.first(next) else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(current), "current": String(current + 1)])
    }
    return ChangeSetting(seq: seq, content: content)
  }
}
