import BillingEngine
import Kernel
import Operations

/// Service credits (服务补偿): what a missed service level is worth, proposed with its evidence and decided by people.
package enum CreditsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateCreditSchedule.self, ReadCreditSchedule.self, ListCreditSchedules.self, ReviseCreditSchedule.self,
    AttachLineCredit.self, DetachLineCredit.self, ListLineCredits.self,
    SetCreditLimit.self, ListCreditLimits.self,
    ProposeCredit.self, ReadCredit.self, ListCredits.self, ExplainCredit.self, ListCreditEvidence.self, ApproveCredit.self, RefuseCredit.self,
    QueueCredits.self, TotalCredits.self, ListGrantedCredits.self,
  ]

  package static let messages = CreditsMessages.all + BillingEngineMessages.all + CreditWords.all

  package static let constraints: [String: Message] = [
    "schedule_name_unique": CreditsMessages.scheduleNameTaken,
    "proposal_open_unique": CreditsMessages.proposedMeanwhile,
    "proposal_granted_unique": CreditsMessages.proposedMeanwhile,
  ]
}

/// The permissions of the module and who holds them in a new installation.
enum CreditRights {
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let money: Set<StockRole> = [.administrator, .finance]
  static let proposers: Set<StockRole> = [.administrator, .accountManager, .finance]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
}
