import Kernel

/// The platform's own operations: customers, their units and people, accounts, rights, tokens, audit, jobs.
package enum PlatformModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    OpenSession.self, CompleteSetup.self, ReadIdentity.self,
    CreateCustomer.self, ReadCustomer.self, ListCustomers.self, ChangeCustomer.self,
    AddUnit.self, ListUnits.self, AddPerson.self, ReadPerson.self, ChangePerson.self, ListPersons.self,
    CreateStaff.self, ListStaff.self, DisableStaff.self, EnableStaff.self, SetStaffPassword.self, SetStaffPerson.self,
    CreateAccount.self, ListAccounts.self, DisableAccountOfCustomer.self, EnableAccountOfCustomer.self, SetAccountPassword.self,
    CreateServiceAccount.self,
    AddStaffGrant.self, RevokeStaffGrant.self, ListStaffGrants.self, AddAccountGrant.self, RevokeAccountGrant.self, ListAccountGrants.self,
    ChangePassword.self, CreateToken.self, AddCertificate.self, ListTokens.self, RevokeTokenOfAccount.self, CloseSession.self,
    ListRoles.self, ListAudit.self, ListJobs.self, RetryDeadJob.self, ListSweeps.self,
  ]

  package static let messages = AccountMessages.all + SweepMessages.all + HandoverMessages.all

  package static let constraints: [String: Message] = [
    "tenant_code_unique": AccountMessages.codeTaken,
    "api_token_secret_unique": AccountMessages.certificateTaken,
    "account_login_unique": AccountMessages.loginTaken,
    "person_email_unique": AccountMessages.personEmailTaken,
    "org_unit_name_unique": AccountMessages.unitNameTaken,
  ]
}
