import Kernel
import Operations

/// Escalation (升级): who takes a ticket over, and who is told, when a share of a promise has passed or it is open for too long.
package enum EscalationsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateEscalationRule.self, ReadEscalationRule.self, ListEscalationRules.self, ChangeEscalationRule.self, RetireEscalationRule.self,
    ListEscalations.self,
  ]

  package static let messages = EscalationMessages.all

  package static let constraints: [String: Message] = ["escalation_rule_name_unique": EscalationMessages.nameTaken]
}
